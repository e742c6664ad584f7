import assert from 'node:assert/strict';
import type { Agent, AuditReport, GrantContext } from '../../../src/probe.ts';
import { keyPattern } from '../../../probes/redis/acl-text.ts';
import { redis } from '../../../probes/redis/index.ts';
import { bulk, startFakeRedis } from '../../support/fake-redis.ts';
import { database, Watcher } from './helpers.ts';

const PASSWORD = 'only-the-watcher-knows';
const context: GrantContext = { connection: 'cache', secret: () => Promise.reject(new Error('nobody needs it')) };
const wanted = (...entries: object[]) =>
  entries.map((entry, nth) => database(entry, `r${nth}`)).map(({ id, kind, target, checks }) => ({ id, kind, target, checks }));

async function script(settings: object, entries: object[], role?: string): Promise<string> {
  const grants = await redis.grants?.(redis.connection.parse({ host: 'h', ...settings }), wanted(...entries), { ...context, role });
  return grants?.script ?? '';
}

describe('the least user of a Redis, in words', () => {
  it('may run what these databases ask for, and nothing more', async () => {
    const text = await script({ user: 'watcher', password: { env: 'X' } }, [{}]);
    assert.match(
      text,
      /^ok redis-cli ACL SETUSER watcher reset on "#\$\{ROLLCALL_SHA256:\?\}" resetkeys resetchannels '-@all' '\+info' '\+dbsize' '\+acl\|dryrun'$/m,
    );
    assert.doesNotMatch(text, /SETUSER.*(?:~|\+select|\+get|\+exists)/);
    const more = await script({}, [{ database: 2, mark: 'm' }, { expect: { sentinels: ['a', 'm'] } }]);
    assert.match(more, /SETUSER rollcall .*'\+select' '\+exists' '\+get' '\+acl\|dryrun' '~m' '~a'$/m, 'no user of its own yet: rollcall');
  });

  it('is never the user that everybody is', async () => {
    assert.match(await script({}, [{}], 'default'), /SETUSER rollcall /);
    assert.match(await script({ user: 'watcher', password: { env: 'X' } }, [{}], 'other'), /SETUSER other /);
  });

  it('has patterns that fit one key each', () => {
    assert.equal(keyPattern('orders:schema'), '~orders:schema');
    assert.equal(keyPattern(String.raw`a*b?c[d]\e f`), String.raw`~a\*b\?c\[d\]\\e?f`);
  });

  it('is needed in the words of its own server', () => {
    assert.deepEqual(
      redis.needs(wanted({ expect: { sentinels: ['a'] } })).map(({ right, on }) => `${right} ${on}`),
      ['+info the server', '+dbsize the server', '+exists the server', '+acl|dryrun the server', 'a key pattern key a'],
    );
  });
});

describe('the audit of a Redis', () => {
  const auditing = async (answer: (words: readonly string[]) => string, agents: readonly Agent[] = []): Promise<AuditReport[]> => {
    await using server = await startFakeRedis((words) => (words[0] === 'AUTH' ? '+OK\r\n' : answer(words)));
    await using watcher = new Watcher({ host: '127.0.0.1', port: server.port, user: 'watcher' }, [database()], PASSWORD);
    const reports = watcher.link.audit?.(wanted({}), agents, new AbortController().signal);
    assert.ok(reports);
    const all = await Array.fromAsync(reports);
    assert.ok(!JSON.stringify(all).includes(PASSWORD));
    // Nothing but questions, whatever is answered.
    assert.ok(server.asked.every(([command, second]) => command === 'AUTH' || (command === 'ACL' && second === 'DRYRUN')));
    return all.filter(({ kind }) => kind !== 'placed');
  };
  const no = bulk('User watcher has no permissions to run the command');

  it('finds nothing where the server says no to everything', async () => {
    assert.deepEqual(await auditing(() => no), []);
  });

  it('finds what the server says yes to, and takes away just that', async () => {
    const [found, ...others] = await auditing(([, , , command]) => (command === 'FLUSHALL' ? '+OK\r\n' : no));
    assert.deepEqual(others, []);
    assert.ok(found?.kind === 'strong');
    assert.deepEqual([found.right, found.severity, found.fix], ['flush', 'critical', ['redis-cli ACL SETUSER watcher -flushall']]);
  });

  for (const [what, answer, reason] of [
    ['may not be asked', "-NOPERM this user has no permissions to run the 'acl|dryrun' command\r\n", 'denied'],
    ['is of before 7', "-ERR Unknown subcommand or wrong number of arguments for 'DRYRUN'. Try ACL HELP.\r\n", 'protocol'],
    ['is of before 6', "-ERR unknown command 'ACL'\r\n", 'protocol'],
    ['takes the question for another', "-ERR wrong number of arguments for 'get' command\r\n", 'protocol'],
  ] as const)
    it(`proves nothing, and says so, where the server ${what}`, async () => {
      const reports = await auditing(() => answer);
      assert.deepEqual(
        reports.map((one) => [one.kind, one.kind === 'unaudited' && one.reason]),
        [['unaudited', reason]],
      );
    });

  it('takes a command that the server does not have for one that nobody can run', async () => {
    assert.deepEqual(await auditing(() => "-ERR Command 'x' not found\r\n"), []);
  });

  it('says of an agent that is not there that it is not there', async () => {
    const reports = await auditing(
      ([, , user]) => (user === 'watcher' ? no : "-ERR User 'app' not found\r\n"),
      [{ name: 'cursor', is: { user: 'app' } }],
    );
    assert.deepEqual(
      reports.map((one) => one.kind === 'unaudited' && [one.on, one.say]),
      [['agent cursor', 'there is no user app on test-redis']],
    );
  });
});
