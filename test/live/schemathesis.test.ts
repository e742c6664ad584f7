import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { SignedSite } from '../support/signed-site.ts';
import { ROOT } from '../support/source-file.ts';

/** Where `test/live/schemathesis/setup.sh` puts it. */
const PROGRAM = process.env['ROLLCALL_TEST_SCHEMATHESIS'] ?? join(ROOT, 'node_modules/.cache/schemathesis/bin/schemathesis');
// A body too large is refused before it is read: 413 is no answer that schemathesis counts as a refusal unless told.
// A request that is well-formed may ask for what cannot be: 422. What a checkpoint looks like no schema says.
const SETTINGS = `[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 413, 429, 431]
[checks.positive_data_acceptance]
expected-statuses = [200, 201, 202, 304, 401, 403, 404, 409, 422, 429]
[[operations]]
include-path = "/api/v1/witness/add-checkpoint"
checks.positive_data_acceptance.enabled = false
`;
/** The key of a watcher that there is none of: with it, everything that the document tells of is there. */
const OTHER = 'rollcall/vault-us+89e1bc32+AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB';

describe('the API, by a program that reads its document and tries what nobody thought of', function () {
  this.timeout(300_000);

  it('answers as documented, whatever is sent, and goes on watching', async () => {
    assert.ok(existsSync(PROGRAM), `${PROGRAM} is not there: run test/live/schemathesis/setup.sh`);
    const port = await freePort();
    using site = new SignedSite();
    const scopes = ['read', 'metrics', 'claim', 'request', 'grant'];
    const made = await runCli(['token', 'fuzzer', '--scope', ...scopes, '--json'], { cwd: site.path });
    const { token, config } = JSON.parse(made.stdout) as { token: string; config: object };
    const watchdog = { name: 'tester', state: './state', listen: `127.0.0.1:${port}` };
    const signers = { allowed: './allowed_signers', agents: ['bot'] };
    site.rewrite({ config: { ...config, watchdog, signers, ledger: { witness_for: [{ key: OTHER }] } } });
    site.draft(['one', 'two']);
    site.sign(['alice', 'bob']);
    site.write('schemathesis.toml', SETTINGS);
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const url = `http://127.0.0.1:${port}`;
    const headers = { authorization: `Bearer ${token}` };
    while (!(await fetch(`${url}/readyz`, { headers })).ok) await new Promise((resolve) => setTimeout(resolve, 100));
    const flags = [
      `--config-file=${join(site.path, 'schemathesis.toml')}`,
      'run',
      `${url}/api/v1/openapi.json`,
      '--header',
      `Authorization: Bearer ${token}`,
      '--max-examples=30',
      '--seed=1',
      '--no-color',
    ];
    const said = await new Promise<{ readonly code: unknown; readonly text: string }>((resolve) => {
      execFile(PROGRAM, flags, { cwd: site.path, maxBuffer: 64 * 1024 * 1024, timeout: 150_000 }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, text: stdout + stderr }),
      );
    });
    // What was found stands last, and may hold megabytes of what was sent.
    assert.equal(said.code, 0, said.text.replaceAll(/.{500,}/g, (line) => `${line.slice(0, 500)}…`).slice(-20_000));
    assert.match(said.text, /Tested: 18/);
    const { counts } = (await (await fetch(`${url}/api/v1/status`, { headers })).json()) as { counts: object };
    assert.deepEqual(counts, { present: 2 });
    assert.doesNotMatch(daemon.stderr, /an answer over HTTP failed/);
  });
});
