import Mocha from 'mocha';

/** mocha's `spec` report, closed by one line that scripts can read: `N passed, N failed`. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      process.once('exit', () => console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`));
    });
  }
}
