/**
 * Runs mocha for Stryker, whose own runner does not start with mocha 12. A plugin in Stryker's sense: `strykerPlugins`, loaded by
 * `stryker.config.json` into each of its test processes. Mocha itself is used by its documented programmatic interface alone.
 */
import { globSync } from 'node:fs';
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext, type MutantCoverage, type StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type DryRunOptions,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner';
import Mocha from 'mocha';

/** Where Stryker's instrumented code reads which mutant is awake, and counts which ones each test reaches. */
const context: InstrumenterContext = ((globalThis as Record<string, unknown>)[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

/** Mocha hands its reporter to us only by constructing it: what the run now under way found is gathered here. */
let found: TestResult[] = [];

function gather(runner: Mocha.Runner): void {
  runner.on('test', (test) => (context.currentTestId = test.fullTitle()));
  runner.on('pass', (test) => found.push({ ...named(test), status: TestStatus.Success }));
  runner.on('pending', (test) => found.push({ ...named(test), status: TestStatus.Skipped }));
  runner.on('fail', (test, error: Error) => {
    found.push({ ...named(test), status: TestStatus.Failed, failureMessage: error.stack ?? error.message });
  });
}

function named(test: Mocha.Runnable): Pick<TestResult, 'id' | 'name' | 'timeSpentMs' | 'fileName'> {
  // A failing hook is named after the test it was to serve.
  const title = test.fullTitle();
  return { id: title, name: title, timeSpentMs: test.duration ?? 0, ...(test.file === undefined ? {} : { fileName: test.file }) };
}

class MochaRunner implements TestRunner {
  static inject = tokens(commonTokens.options);

  readonly #mocha: Mocha;
  #loaded = false;
  #warm = false;

  constructor(options: StrykerOptions) {
    // Stryker bounds the time, by what the tests took unmutated; mocha's own bound would call a slow machine a killed mutant.
    this.#mocha = new Mocha({ reporter: gather as unknown as Mocha.ReporterConstructor, timeout: 0, bail: true });
    this.#mocha.cleanReferencesAfterRun(false);
    for (const file of globSync(options['mochaFiles'] as string[])) this.#mocha.addFile(file);
  }

  capabilities(): { reloadEnvironment: boolean } {
    // A module once imported stays: Stryker starts a new process for mutants of what runs at import.
    return { reloadEnvironment: false };
  }

  async dryRun(options: DryRunOptions): Promise<DryRunResult> {
    const result = await this.#run(undefined, options.disableBail);
    return result.status === DryRunStatus.Complete && options.coverageAnalysis !== 'off'
      ? { ...result, mutantCoverage: context.mutantCoverage as MutantCoverage }
      : result;
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, mutantActivation, testFilter } = options;
    // What the core works out once (`perChecks`) would keep what a mutant made of it, and blame later ones: it is worked out before any.
    if (!this.#warm && mutantActivation === 'runtime') await this.#run(undefined, true);
    Object.assign(context, { hitLimit, hitCount: hitLimit === undefined ? undefined : 0 });
    if (mutantActivation === 'static') context.activeMutant = activeMutant.id;
    this.#mocha.grep(testFilter ? new RegExp(`^(?:${testFilter.map((title) => RegExp.escape(title)).join('|')})$`) : /^/);
    return toMutantRunResult(await this.#run(activeMutant.id, options.disableBail));
  }

  async #run(mutant: string | undefined, disableBail: boolean): Promise<DryRunResult> {
    try {
      if (!this.#loaded) await this.#mocha.loadFilesAsync();
      this.#loaded = true;
      bail(this.#mocha.suite, !disableBail);
      Object.assign(context, { activeMutant: mutant });
      found = [];
      await new Promise((resolve) => this.#mocha.run(resolve));
      this.#warm = true;
    } catch (error) {
      return { status: DryRunStatus.Error, errorMessage: String(error) };
    }
    return determineHitLimitReached(context.hitCount, context.hitLimit) ?? { status: DryRunStatus.Complete, tests: found };
  }
}

function bail(suite: Mocha.Suite, on: boolean): void {
  suite.bail(on);
  for (const inner of suite.suites) bail(inner, on);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'mocha', MochaRunner)];
/** Names the option that this plugin reads, so that Stryker does not take it for a misspelling. */
export const strykerValidationSchema = {
  properties: { mochaFiles: { type: 'array', items: { type: 'string' }, default: [] } },
};
