import assert from 'node:assert/strict';
import { sharedFiles } from '../../../probes/aws/shared-files.ts';

describe('what the SDK of AWS looks for credentials in', () => {
  it('is what its variables name, and the folder in the home; nothing relative', () => {
    const env = {
      HOME: '/home/rollcall',
      AWS_CONFIG_FILE: '/etc/aws/config',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token',
      AWS_CA_BUNDLE: 'ca.pem',
    };
    assert.deepEqual(sharedFiles(env), ['/etc/aws/config', '/run/token', '/home/rollcall/.aws']);
    assert.deepEqual(sharedFiles({}), []);
  });
});
