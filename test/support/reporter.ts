import Mocha from 'mocha';

/** How long what a failed test left behind may keep the run from ending, ms: its last line is all that anybody waits for. */
const LEFT_BEHIND_MS = 5000;

/** mocha's `spec` report, closed by one line that scripts can read: `N passed, N failed`. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      process.once('exit', () => console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`));
      // A run that failed ends, whatever listens or runs on; one that passed shows by not ending that a test leaves something behind.
      if (this.stats.failures > 0) setTimeout(leave, LEFT_BEHIND_MS).unref();
    });
  }
}

function leave(): void {
  console.log(`ended in spite of what was left behind: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit();
}
