import assert from 'node:assert/strict';
import { sharedSecrets } from '../../src/commands/shared-secrets.ts';

const place = (path: string, file: string) => ({ path, ref: { file }, line: 1, column: 1 });

describe('secrets that somebody else holds too', () => {
  it('are each used for one thing', () => {
    assert.deepEqual(sharedSecrets([place('claims.cursor', 'a'), place('connections.pg.url', 'b'), place('pagers.hook.url', 'b')]), []);
    const found = sharedSecrets([
      place('watchdog.token', 'a'),
      place('claims.cursor', 'a'),
      place('requests.requesters.bot.token', 'b'),
      place('claims.other', 'b'),
    ]);
    assert.deepEqual(
      found.map(({ about, severity, what }) => `${about} ${severity} ${what}`),
      [
        'claims.cursor critical the secret of claims.cursor is also that of watchdog.token: whoever is handed the one has the other',
        'requests.requesters.bot.token critical the secret of requests.requesters.bot.token is also that of claims.other: whoever is handed the one has the other',
      ],
    );
  });
});
