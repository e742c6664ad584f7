import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** What a busy machine may take for anything at all; Playwright's own half a minute is a measure of it. */
const PATIENCE_MS = 120_000;

/** Debian's browser; a missing one fails the suite. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['PATH']
    ?.split(':')
    .map((folder) => `${folder}/chromium`)
    .find((path) => existsSync(path));
  assert.ok(executablePath, 'chromium is not installed');
  // The sandbox needs a user of its own, which root in a container has not.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: PATIENCE_MS });
  const make = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await make(options);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return browser;
}
