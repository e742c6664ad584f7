import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Debian's browser; a missing one fails the suite. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['PATH']
    ?.split(':')
    .map((folder) => `${folder}/chromium`)
    .find((path) => existsSync(path));
  assert.ok(executablePath, 'chromium is not installed');
  // The sandbox needs a user of its own, which root in a container has not.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
