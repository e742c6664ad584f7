import assert from 'node:assert/strict';
import type { AuditReport, Plane, Reach } from '../../src/core/audit-report.ts';
import { blastRadius } from '../../src/core/blast-radius.ts';
import { judgeCopies } from '../../src/core/copies.ts';
import { Atlas, copiesOf, type Located } from '../../src/core/planes.ts';

const located = (id: string, more: Partial<Located> = {}): Located => {
  return { id, kind: 'k', connection: `c-${id}`, severity: 'critical', domain: { connection: `c-${id}` }, protectedBy: [], ...more };
};
const placed = (kind: Plane['kind'], name: string, ...ids: string[]): AuditReport => ({ kind: 'placed', ids, plane: { kind, name } });
const reach = (agent: string, id: string, fix = `revoke ${id}`): Reach => {
  return { kind: 'reach', agent, as: 'role x', ids: [id], right: 'owner', what: 'owns it', fix: [fix] };
};

/** Ties of every pair, in words. */
function ties(resources: readonly Located[], reports: readonly AuditReport[] = [], reaches: readonly Reach[] = []): string[] {
  return blastRadius(resources, new Atlas(resources, reports), reaches).map(
    ({ id, copy, severity, ties: some }) =>
      `${id}+${copy} ${severity}: ${some.map(({ kind, name, by }) => `${kind} ${name} ${by}`).join('; ')}`,
  );
}

describe('the copies of a resource', () => {
  it('are those that protect it and those that protect them, once each and never itself', () => {
    const all = [
      located('a', { protectedBy: ['b', 'c'] }),
      located('b', { protectedBy: ['d', 'a'] }),
      located('c', { protectedBy: ['d'] }),
      located('d'),
    ];
    assert.deepEqual(copiesOf('a', new Map(all.map((one) => [one.id, one]))), ['b', 'd', 'c']);
    assert.deepEqual(copiesOf('nobody', new Map()), []);
  });
});

describe('the blast radius', () => {
  const pair = [located('db', { protectedBy: ['dumps'] }), located('dumps')];

  it('is empty where nothing is known that both lie on', () => {
    assert.deepEqual(ties(pair), ['db+dumps warning: ']);
    assert.deepEqual(ties(pair, [placed('host', 'a', 'db'), placed('host', 'b', 'dumps')]), ['db+dumps warning: ']);
  });

  it('names each plane that was seen to hold both', () => {
    const reports = [placed('host', 'this host', 'db', 'dumps'), placed('filesystem', 'x', 'db', 'dumps'), placed('server', 's', 'db')];
    assert.deepEqual(ties(pair, reports), ['db+dumps critical: host this host looked; filesystem x looked']);
  });

  it('believes the manifest where it says that two share an account or a host', () => {
    const domain = { provider: 'railway', account: 'acme', host: 'DB1' };
    const declared = [located('db', { protectedBy: ['dumps'], domain }), located('dumps', { domain })];
    assert.deepEqual(ties(declared), ['db+dumps critical: account railway/acme declared; host db1 declared']);
    const [db = located(''), dumps = located('')] = declared;
    assert.deepEqual(ties([db, { ...dumps, domain: { provider: 'railway', account: 'other' } }]), ['db+dumps warning: ']);
    assert.deepEqual(ties([db, { ...dumps, domain: { account: 'acme' } }]), ['db+dumps warning: '], 'an account is one of its provider');
  });

  it('takes a provider for one account until two are named', () => {
    const [db, dumps] = [
      located('db', { protectedBy: ['dumps'], domain: { provider: 'railway' } }),
      located('dumps', { domain: { provider: 'railway', account: 'b' } }),
    ];
    assert.deepEqual(ties([db, dumps]), ['db+dumps critical: account railway, as far as is said declared']);
    assert.deepEqual(ties([db, { ...dumps, domain: { provider: 'aws' } }]), ['db+dumps warning: ']);
  });

  it('is declared where one of two only declares what the other was seen on', () => {
    const mixed = [located('db', { protectedBy: ['dumps'] }), located('dumps', { domain: { host: 'db1' } })];
    assert.deepEqual(ties(mixed, [placed('host', 'db1', 'db')]), ['db+dumps critical: host db1 declared']);
  });

  it('counts a common connection only where nothing better is known', () => {
    const both = [located('db', { protectedBy: ['dumps'], connection: 'c' }), located('dumps', { connection: 'c' })];
    assert.deepEqual(ties(both), ['db+dumps critical: connection c declared']);
    assert.deepEqual(ties(both, [placed('host', 'h', 'db', 'dumps')]), ['db+dumps critical: host h looked']);
    const half = [
      located('db', { protectedBy: ['dumps'], connection: 'c', domain: { account: 'a' } }),
      located('dumps', { connection: 'c' }),
    ];
    assert.deepEqual(ties(half), ['db+dumps critical: connection c declared'], 'one account alone says nothing of the other');
    const otherHalf = [
      located('db', { protectedBy: ['dumps'], connection: 'c' }),
      located('dumps', { connection: 'c', domain: { account: 'a' } }),
    ];
    assert.deepEqual(ties(otherHalf), ['db+dumps critical: connection c declared']);
    const apart = both.map((one) => ({ ...one, domain: { account: one.id } }));
    assert.deepEqual(ties(apart), ['db+dumps warning: ']);
  });

  it('names an agent that reaches both, with what takes the copy out of its hands', () => {
    const reaches = [reach('cursor', 'db'), reach('cursor', 'dumps', 'chmod'), reach('other', 'dumps')];
    assert.deepEqual(ties(pair, [], reaches), ['db+dumps critical: agent cursor looked']);
    const [found] = blastRadius(pair, new Atlas(pair, []), reaches);
    assert.deepEqual(found?.ties[0]?.fix, ['chmod']);
  });

  it('comes with what undoes it', () => {
    const fixes = (resources: readonly Located[], ...reports: AuditReport[]) =>
      blastRadius(resources, new Atlas(resources, reports), []).flatMap((one) => one.ties.flatMap(({ fix }) => fix));
    const planes = (['host', 'server', 'filesystem', 'account'] as const).map((kind) => placed(kind, 'x', 'db', 'dumps'));
    assert.deepEqual(fixes(pair, ...planes), [
      'keep a copy on another host',
      'keep a copy outside that server',
      'keep a copy on another disk',
      'keep a copy under another account, with credentials and a payer of its own',
    ]);
    const both = [located('db', { protectedBy: ['dumps'], connection: 'c' }), located('dumps', { connection: 'c' })];
    assert.deepEqual(fixes(both), ['say where the two are (domain in the manifest), or keep a copy behind another connection']);
  });

  it('knows nothing of a copy that is not on the roll, nor of an agent that reaches the copy alone', () => {
    assert.deepEqual(ties([located('db', { protectedBy: ['nowhere'] })]), ['db+nowhere warning: ']);
    assert.deepEqual(ties(pair, [], [reach('x', 'dumps')]), ['db+dumps warning: ']);
    assert.deepEqual(ties(pair, [], [reach('x', 'db')]), ['db+dumps warning: ']);
  });

  it('compares like with like', () => {
    assert.deepEqual(ties(pair, [placed('host', 'x', 'db'), placed('server', 'x', 'dumps')]), ['db+dumps warning: ']);
    const accounts = [located('db', { protectedBy: ['dumps'], domain: { account: 'a' } }), located('dumps', { domain: { account: 'a' } })];
    assert.deepEqual(ties(accounts), ['db+dumps critical: account a declared']);
    const half = [
      located('db', { protectedBy: ['dumps'], domain: { provider: 'p', account: 'a' } }),
      located('dumps', { domain: { provider: 'p' } }),
    ];
    assert.deepEqual(ties(half), ['db+dumps critical: account p, as far as is said declared']);
    const declared = [located('db', { protectedBy: ['dumps'], domain: { host: 'h' } }), located('dumps')];
    assert.deepEqual(ties(declared, [placed('host', 'h', 'dumps')]), ['db+dumps critical: host h declared']);
  });

  it('takes a region for a distance, which nobody has in hand', () => {
    assert.deepEqual(ties(pair, [placed('region', 'aws/eu-west-1', 'db', 'dumps')]), ['db+dumps warning: ']);
  });

  it('is a warning where another copy survives, or where the resource is no more', () => {
    const three = [located('db', { protectedBy: ['dumps', 'far'] }), located('dumps'), located('far')];
    const near = [placed('host', 'h', 'db', 'dumps')];
    assert.deepEqual(ties(three, near), ['db+dumps warning: host h looked', 'db+far warning: ']);
    const mild = pair.map((one) => ({ ...one, severity: 'warning' as const }));
    assert.deepEqual(ties(mild, near), ['db+dumps warning: host h looked']);
  });
});

describe('the rule 3-2-1-1-0', () => {
  function judged(
    resources: readonly Located[],
    reports: readonly AuditReport[] = [],
    reaches: readonly Reach[] = [],
  ): Record<string, string> {
    const [first = located('')] = resources;
    const atlas = new Atlas(resources, reports);
    const pairs = blastRadius(resources, atlas, reaches).filter(({ id }) => id === first.id);
    const { rules } = judgeCopies(first, new Map(resources.map((one) => [one.id, one])), atlas, pairs);
    return Object.fromEntries(rules.map(({ rule, status }) => [rule, status]));
  }
  const db = located('db', { protectedBy: ['dumps', 'far'] });
  const [dumps, far] = [located('dumps'), located('far')];

  it('begins with a copy at all', () => {
    assert.deepEqual(judged([located('db')]), { 'three-copies': 'not-met' });
    assert.equal(judged([located('db', { protectedBy: ['dumps'] }), dumps])['three-copies'], 'not-met');
    assert.equal(judged([db, dumps, far])['three-copies'], 'met');
  });

  it('proves nothing where nothing is known', () => {
    assert.deepEqual(judged([db, dumps, far]), {
      'three-copies': 'met',
      'two-media': 'unproven',
      'one-off-site': 'unproven',
      'one-out-of-reach': 'unproven',
      'zero-errors': 'unproven',
    });
  });

  it('sees two media by file systems, else by hosts, and one server or one file system is one', () => {
    const media = (...reports: AuditReport[]) => judged([located('db', { protectedBy: ['dumps'] }), dumps], reports)['two-media'];
    assert.equal(media(placed('filesystem', 'a', 'db'), placed('filesystem', 'b', 'dumps')), 'met');
    assert.equal(media(placed('filesystem', 'a', 'db', 'dumps')), 'not-met');
    assert.equal(media(placed('host', 'a', 'db'), placed('host', 'b', 'dumps')), 'met');
    assert.equal(media(placed('host', 'a', 'db', 'dumps')), 'unproven', 'one host may have two disks');
    assert.equal(media(placed('host', 'a', 'db', 'dumps'), placed('server', 's', 'db', 'dumps')), 'not-met');
    const elsewhere = [
      located('db', { protectedBy: ['dumps'], domain: { provider: 'a' } }),
      located('dumps', { domain: { provider: 'b' } }),
    ];
    assert.equal(judged(elsewhere)['two-media'], 'declared');
    assert.equal(judged(elsewhere, [placed('host', 'a', 'db', 'dumps')])['two-media'], 'unproven', 'what was seen outweighs a word');
  });

  it('takes the word of the manifest for what is off-site, and says that it is a word', () => {
    const sited = (one: Record<string, string>, other: Record<string, string>, ...reports: AuditReport[]) =>
      judged([located('db', { protectedBy: ['dumps'], domain: one }), located('dumps', { domain: other })], reports)['one-off-site'];
    assert.equal(sited({ region: 'eu' }, { region: 'us' }), 'declared');
    assert.equal(sited({ site: 'a' }, { site: 'b' }), 'declared');
    assert.equal(sited({ region: 'eu' }, { region: 'eu' }), 'not-met');
    assert.equal(sited({ provider: 'a' }, { provider: 'b' }), 'declared');
    assert.equal(sited({ provider: 'a' }, { provider: 'a' }), 'unproven');
    assert.equal(sited({}, {}, placed('host', 'h', 'db', 'dumps')), 'not-met');
    assert.equal(
      sited({ region: 'eu' }, { region: 'us' }, placed('host', 'h', 'db', 'dumps')),
      'not-met',
      'what was seen outweighs a word',
    );
    assert.equal(sited({}, {}, placed('host', 'h', 'db'), placed('host', 'i', 'dumps')), 'unproven', 'another host is not another site');
  });

  it('holds a copy for out of reach by another account alone, and never where something ties the two', () => {
    const [one, other] = [
      located('db', { protectedBy: ['dumps'], domain: { account: 'a' } }),
      located('dumps', { domain: { account: 'b' } }),
    ];
    assert.equal(judged([one, other])['one-out-of-reach'], 'declared');
    assert.equal(judged([one, other], [placed('host', 'h', 'db', 'dumps')])['one-out-of-reach'], 'not-met');
    assert.equal(judged([one, other], [], [reach('x', 'db'), reach('x', 'dumps')])['one-out-of-reach'], 'not-met');
  });

  it('looks for itself where the probe tells region and account', () => {
    const pairOf = [
      located('db', { protectedBy: ['dumps'], domain: { region: 'eu', account: 'a' } }),
      located('dumps', { domain: { region: 'us' } }),
    ];
    const apart = [
      placed('region', 'e', 'db'),
      placed('region', 'u', 'dumps'),
      placed('account', '1', 'db'),
      placed('account', '2', 'dumps'),
    ];
    const found = judged(pairOf, apart);
    assert.deepEqual([found['two-media'], found['one-off-site'], found['one-out-of-reach']], ['met', 'met', 'met']);
    const together = judged(pairOf, [placed('region', 'e', 'db', 'dumps'), placed('account', '1', 'db', 'dumps')]);
    assert.deepEqual([together['two-media'], together['one-off-site'], together['one-out-of-reach']], ['unproven', 'not-met', 'not-met']);
    assert.equal(judged(pairOf, apart.slice(0, 3))['one-out-of-reach'], 'unproven', 'one account alone says nothing of the other');
    assert.equal(judged(pairOf, apart, [reach('x', 'db'), reach('x', 'dumps')])['one-out-of-reach'], 'not-met', 'an agent reaches both');
  });

  it('is content with one copy that is apart, and not with one that is unknown beside one that is not', () => {
    const sites = [
      located('db', { protectedBy: ['dumps', 'far'], domain: { region: 'eu' } }),
      located('dumps', { domain: { region: 'eu' } }),
      located('far', { domain: { region: 'us' } }),
    ];
    assert.equal(judged(sites)['one-off-site'], 'declared');
    assert.equal(judged([...sites.slice(0, 2), located('far')])['one-off-site'], 'unproven');
  });

  /** What is said of one rule. */
  function said(rule: string, resources: readonly Located[], reports: readonly AuditReport[] = [], reaches: readonly Reach[] = []): string {
    const atlas = new Atlas(resources, reports);
    const [first = located('')] = resources;
    const { rules } = judgeCopies(first, new Map(resources.map((one) => [one.id, one])), atlas, blastRadius(resources, atlas, reaches));
    const found = rules.find((one) => one.rule === rule);
    return `${found?.status}: ${found?.say}`;
  }
  const two = (one: Record<string, string> = {}, other: Record<string, string> = {}): Located[] => [
    located('db', { protectedBy: ['dumps'], domain: one }),
    located('dumps', { domain: other }),
  ];

  it('says on what each word rests', () => {
    assert.equal(said('three-copies', [located('db')]), 'not-met: nothing on the roll would bring it back (protected_by)');
    assert.equal(said('three-copies', [db, dumps, far]), 'met: 3 on the roll: db, dumps, far');
    assert.equal(said('zero-errors', two()), 'unproven: this version makes no restore drills, and so proves none');
    const media = (...reports: AuditReport[]) => said('two-media', two(), reports);
    assert.equal(media(placed('filesystem', 'a', 'db', 'dumps')), 'not-met: db and dumps lie on one file system');
    assert.equal(media(placed('filesystem', 'a', 'db'), placed('filesystem', 'b', 'dumps')), 'met: db and dumps lie on two file systems');
    assert.equal(media(placed('host', 'a', 'db'), placed('host', 'b', 'dumps')), 'met: db and dumps are on two hosts');
    assert.equal(media(placed('region', 'a', 'db'), placed('region', 'b', 'dumps')), 'met: db and dumps are in two regions');
    assert.equal(media(placed('server', 's', 'db', 'dumps')), 'not-met: db and dumps are in one server');
    assert.equal(media(), 'unproven: whether db and dumps lie on one disk cannot be told');
    assert.equal(
      said('two-media', two({ provider: 'a' }, { provider: 'b' })),
      'declared: db and dumps are with two providers, as the manifest says',
    );
    const site = (one: Record<string, string>, other: Record<string, string>, ...reports: AuditReport[]) =>
      said('one-off-site', two(one, other), reports);
    assert.equal(site({}, {}, placed('host', 'h', 'db', 'dumps')), 'not-met: db and its copies are on one host');
    assert.equal(site({}, {}, placed('region', 'a', 'db'), placed('region', 'b', 'dumps')), 'met: dumps is in another region');
    assert.equal(site({}, {}, placed('region', 'a', 'db', 'dumps')), 'not-met: db and its copies are in one region');
    assert.equal(site({ region: 'eu' }, { region: 'us' }), 'declared: dumps is with another region, as the manifest says');
    assert.equal(site({ site: 'x' }, { site: 'x' }), 'not-met: db and its copies are in one site, as the manifest says');
    assert.equal(site({ region: 'eu' }, {}), 'unproven: where db and dumps are is not said (domain: { region: … } of both)');
    assert.equal(site({}, { region: 'eu' }), 'unproven: where db and dumps are is not said (domain: { region: … } of both)');
    const accounts = [placed('account', '1', 'db'), placed('account', '2', 'dumps')];
    assert.equal(said('one-out-of-reach', two(), accounts), 'met: dumps is in another account, and no agent that is named reaches both');
    const reachable = (one: Record<string, string>, other: Record<string, string>, ...reaches: Reach[]) =>
      said('one-out-of-reach', two(one, other), [], reaches);
    assert.equal(
      reachable({ account: 'a' }, { account: 'b' }),
      'declared: dumps is under another account, as the manifest says, and no agent that is named reaches both',
    );
    assert.equal(reachable({}, {}, reach('x', 'db'), reach('x', 'dumps')), 'not-met: db and dumps go down together with agent x');
    assert.equal(
      reachable({ account: 'a' }, {}),
      'unproven: whether one credential reaches both db and dumps cannot be told (domain: { account: … } of both)',
    );
  });

  it('takes what was seen before what was said, each pair once, and each copy by its own ties', () => {
    const three = [
      located('db', { protectedBy: ['dumps', 'far'], domain: { provider: 'a', account: 'a' } }),
      located('dumps', { domain: { provider: 'b', account: 'b' } }),
      located('far'),
    ];
    const seen = [placed('filesystem', 'x', 'db'), placed('filesystem', 'y', 'far')];
    assert.equal(said('two-media', three, seen), 'met: db and far lie on two file systems', 'although db and dumps are declared apart');
    assert.equal(
      said('two-media', two(), [placed('host', 'h', 'db', 'dumps')]),
      'unproven: whether db and dumps lie on one disk cannot be told',
    );
    const tied = [placed('host', 'h', 'db', 'far')];
    assert.match(said('one-out-of-reach', three, tied), /^declared: dumps is under another account/);
    const other = [...three, located('other', { protectedBy: ['dumps'], domain: { account: 'b' } })];
    assert.match(said('one-out-of-reach', other, tied), /^declared: dumps/, 'what ties another to it is not held against this pair');
  });
});
