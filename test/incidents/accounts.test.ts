import assert from 'node:assert/strict';
import { createSystemClock } from '../../src/adapters/clock-system.ts';
import type { Resource } from '../../src/core/expectation.ts';
import { CoverageBook, wordFall } from '../../src/loop/coverage-book.ts';
import { coverageRound } from '../../src/loop/coverage-round.ts';
import { Secret } from '../../src/values/secret.ts';
import { aws } from '../../probes/aws/index.ts';
import { awsKinds } from '../../probes/aws/kinds/index.ts';
import { AwsLink } from '../../probes/aws/link.ts';
import { connectionSchema } from '../../probes/aws/schema.ts';
import { stubBackups } from '../support/aws/kinds/rds-automated-backup.ts';
import { instanceOf, stubInstances } from '../support/aws/kinds/rds-instance.ts';
import { snapshotOf, stubSnapshots } from '../support/aws/kinds/rds-snapshots.ts';
import { startRdsStub } from '../support/aws/rds.ts';
import { awsConnection } from '../support/aws/site.ts';
import { STUB_ACCOUNT } from '../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher } from '../support/aws/watcher.ts';
import { makeFolder } from '../support/folder.ts';
import { about } from '../support/post.ts';
import { replay } from './replay.ts';

const DB = 'courses';
const COPIES = 7;

describe('incidents that struck accounts, replayed', function () {
  this.timeout(120_000);

  it('DataTalks.Club 2026: deletion protection goes first and is told of; then terraform destroy takes everything, and is one incident', async () => {
    await using stub = await startRdsStub();
    const folder = makeFolder();
    const instances = stubInstances(stub, [DB, 'staging']);
    const backups = stubBackups(stub, [DB, 'staging']);
    const { scene: snapshots } = stubSnapshots(stub, [
      ...Array.from({ length: COPIES }, (_, age) => snapshotOf(DB, age, 'automated')),
      snapshotOf('staging', 0),
    ]);
    const prod = awsConnection(folder, stub.url);
    const on = { connection: 'prod', instance: DB };
    const resources = [
      { id: 'db', kind: 'aws.rds.instance', connection: 'prod', name: DB, protected_by: ['copies', 'kept'] },
      { id: 'copies', kind: 'aws.rds.snapshots', ...on, expect: { min_count: COPIES } },
      { id: 'kept', kind: 'aws.rds.automated_backup', ...on },
    ];
    await using scene = await replay({ resources, config: { connections: { prod } } });

    const { fired, page: early } = await scene.strike(() => instances.change(DB, { DeletionProtection: false }));
    assert.deepEqual(fired, ['db: exposed deletion_protection']);
    assert.equal(early.severity, 'warning', 'nothing is lost yet, and there is time');
    assert.equal(early.resources[0]?.breaches[0]?.what, `deletion protection of DB instance ${DB} is off, and was not before`);

    instances.change(DB, { DBInstanceStatus: 'deleting' });
    snapshots.destroy(DB);
    backups.destroy(DB);
    const doomed = await scene.page(about('db', 'doomed'));
    assert.equal(doomed.severity, 'critical');
    await scene.page(about('copies', 'absent'));
    await scene.page(about('kept', 'absent'));
    instances.destroy(DB);
    const gone = await scene.page(about('db', 'absent'));

    // The warning's key is closed as superseded, and says of whom.
    const told = scene.box.pages.filter(
      ({ event, resources: all }) => event !== 'resolve' && all.some(({ verdict }) => verdict !== 'degraded'),
    );
    assert.deepEqual([...new Set(told.map(({ dedup_key: key }) => key))], [gone.dedup_key], 'one incident');
    assert.notEqual(gone.dedup_key, early.dedup_key, 'an acknowledged warning does not silence the loss');
    const db = gone.resources.find(({ id }) => id === 'db');
    assert.match(db?.evidence.map(({ excerpt }) => excerpt).join('\n') ?? '', /DBInstanceNotFound/);
    assert.deepEqual(db?.protected_by, ['copies', 'kept'], 'and what was to protect it is among the lost');
    folder.remove();
  });

  it('DataTalks.Club 2026, an hour before: a second set of resources that nobody put on the roll is news, and by name', async () => {
    await using stub = await startRdsStub();
    const instances = stubInstances(stub, [DB, 'staging']);
    const connection = { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY };
    await using watcher = new AwsWatcher(connection, [{ id: 'db', kind: 'aws.rds.instance', entry: { name: DB } }]);
    const { resources } = watcher;
    const clock = createSystemClock(0);
    const context = { connection: 'test-aws', clock, secret: async () => new Secret('secret') };
    // Of the kinds that there are, the one that the account has something of.
    const kinds = new Map([...awsKinds].filter(([name]) => name === 'aws.rds.instance'));
    const link = new AwsLink(connectionSchema.parse(connection), context, kinds);
    const coversOf = (kind: string) => ({ aliasOf: ({ target }: Resource) => aws.kinds.get(kind)?.alias?.(target) ?? '' });
    const sources = [{ connection: 'test-aws', probe: 'aws', link, open: () => link, coversOf }];
    const book = new CoverageBook(undefined);
    const ask = async (): Promise<string | undefined> => {
      const bounds = { clock, signal: new AbortController().signal, isOver: () => false };
      assert.deepEqual(await coverageRound({ sources, resources }, book, bounds), []);
      return wordFall(book.coverage);
    };
    assert.equal(await ask(), undefined, 'staging was there from the first');
    instances.items = [...instances.items, instanceOf('courses-2'), instanceOf('analytics-2')];
    assert.match(
      (await ask()) ?? '',
      /^coverage has fallen: test-aws: 1 of 4 aws\.rds\.instance on the roll, newly not: analytics-2, courses-2 /,
    );
    await link.close();
  });

  it('a database that is deleted with its backups kept has a clock, and the command that undoes it', async () => {
    await using stub = await startRdsStub();
    const folder = makeFolder();
    const backups = stubBackups(stub, [DB, 'staging']);
    const prod = awsConnection(folder, stub.url);
    const resources = [{ id: 'kept', kind: 'aws.rds.automated_backup', connection: 'prod', instance: DB }];
    await using scene = await replay({ resources, config: { connections: { prod } } });
    const { page, fired } = await scene.strike(() => backups.change(DB, { Status: 'retained' }));
    assert.deepEqual(fired, ['kept: doomed']);
    const [kept] = page.resources;
    assert.ok(Date.parse(kept?.undo_before ?? '') > Date.now() + 6 * 86_400_000);
    assert.match(kept?.summary ?? '', /DB instance courses is gone/);
    folder.remove();
  });
});
