import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { asConfig, asManifest, goodConfig, testdata } from './support/read.ts';

const files = { config: `${testdata}config/good.yaml`, manifest: `${testdata}manifest/good.yaml` };
const scrap = fc.constantFrom(
  '',
  '\n',
  ': ',
  '{',
  '}',
  '[',
  '- ',
  '"',
  '&a ',
  '*a',
  '<<: ',
  'null',
  '~',
  '-1',
  '1e999',
  '\u0000',
  '\u202e',
  '? ',
  '!!binary x',
  '%',
  '\t',
);

describe('files that somebody mangled', () => {
  for (const room of ['config', 'manifest'] as const)
    it(`earn complaints with a place inside the file, or are read: ${room}.yaml never makes the reader throw`, function () {
      this.timeout(120_000);
      const good = readFileSync(files[room], 'utf8');
      const lines = good.split('\n').length;
      const config = goodConfig();
      const read = (text: string) => (room === 'config' ? asConfig(text) : asManifest(text, 'manifest.yaml', config));
      const spot = fc.nat(good.length);
      fc.assert(
        fc.property(fc.array(fc.tuple(spot, fc.nat(12), scrap), { minLength: 1, maxLength: 4 }), (cuts) => {
          let text = good;
          for (const [at, length, put] of cuts) text = text.slice(0, at) + put + text.slice(at + length);
          const loaded = read(text);
          if (loaded.ok) return;
          assert.ok(loaded.complaints.length > 0);
          for (const { line, column, message, path } of loaded.complaints) {
            assert.ok(line >= 1 && line <= lines + cuts.length + 1 && column >= 1, `${line}:${column}`);
            assert.equal(/\p{Cc}/u.test(message + path), false, message);
          }
        }),
        { numRuns: 300 },
      );
    });
});
