import assert from 'node:assert/strict';
import type { AuditReport, Strong } from '../../src/core/audit-report.ts';
import { auditAll } from '../../src/loop/audit-round.ts';
import { reasonNotToArm } from '../../src/loop/first-arming.ts';
import type { Journal } from '../../src/loop/journal.ts';
import type { Plan } from '../../src/loop/plan.ts';
import { SelfAudit } from '../../src/loop/self-audit.ts';
import type { Troubles } from '../../src/loop/troubles.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeResource } from '../support/roll.ts';
import { EMPTY, makePlan, ScriptedLink, SILENT } from '../support/watching.ts';

const strong = (right: string, severity: 'critical' | 'warning' = 'critical'): AuditReport => {
  return { kind: 'strong', right, on: 'the server', severity, what: `is ${right}`, fix: [] };
};
const BLIND: AuditReport = { kind: 'unaudited', on: 'the server', reason: 'unreachable', say: 'nobody answers' };
const never = new AbortController().signal;

class AuditedLink extends ScriptedLink {
  found: readonly AuditReport[] | 'hangs' | 'throws' = [];
  asked = 0;

  async *audit(): AsyncIterable<AuditReport> {
    this.asked++;
    if (this.found === 'throws') throw new Error('probe\u001b[2J broke');
    if (this.found === 'hangs') {
      yield strong('superuser');
      return void (await new Promise(() => {}));
    }
    yield* this.found;
  }
}

function make(accept: readonly string[] = []) {
  const link = new AuditedLink();
  const base = makePlan([makeResource()], { link });
  const groups = new Map([...base.groups].map(([name, group]) => [name, { ...group, accept }]));
  const plan: Plan = { ...base, groups };
  const said: string[] = [];
  const troubles = {
    raise: (path: string, what: string, severity: string) => void said.push(`${severity} ${path}: ${what}`),
    clear: (path: string) => void said.push(`mended ${path}`),
  };
  const records: unknown[] = [];
  const journal = { record: (_kind: string, _about: string, body: unknown) => void records.push(body) };
  const clock = new FakeClock();
  const audit = new SelfAudit(troubles as unknown as Troubles, journal as unknown as Journal, { clock, log: SILENT });
  return { link, plan, said, records, clock, audit };
}

describe("the audit of the watcher's own credentials", () => {
  it('has where heads of the ledger are put in it, unless people said that it may', async () => {
    const { plan, said, audit, clock } = make();
    const found: Strong = {
      kind: 'strong',
      right: 'delete',
      on: 's3://anchors/v/*',
      severity: 'critical',
      what: 'may delete there',
      fix: [],
    };
    const asked: string[] = [];
    const anchor = { name: 's3://anchors', put: async () => null, audit: async (prefix: string) => (asked.push(prefix), [found]) };
    const putThere = { ...plan, anchor: { anchor, prefix: 'v/', accept: [] } };
    await audit.ask(putThere, never);
    assert.deepEqual(
      [asked, said],
      [
        ['v/'],
        [
          "critical credential.too-strong: the watcher's own credentials can do more than look: ledger.anchor: may delete there (rollcall audit)",
        ],
      ],
    );
    assert.match((await reasonNotToArm(putThere, EMPTY, clock)) ?? '', /ledger\.anchor: delete: may delete there/);
    assert.equal(await reasonNotToArm({ ...putThere, anchor: { anchor, prefix: 'v/', accept: ['delete'] } }, EMPTY, clock), undefined);
  });

  it('pages what nobody accepted, as gravely as it is, and takes it back once an audit no longer finds it', async () => {
    const { link, plan, said, records, audit } = make(['createdb']);
    link.found = [strong('createdb', 'warning'), strong('sequence', 'warning')];
    await audit.ask(plan, never);
    link.found = [strong('createdb', 'warning'), strong('owner')];
    await audit.ask(plan, never);
    link.found = [strong('createdb', 'warning')];
    await audit.ask(plan, never);
    const head = "the watcher's own credentials can do more than look: pg: is";
    assert.deepEqual(said, [
      `warning credential.too-strong: ${head} sequence (rollcall audit)`,
      `critical credential.too-strong: ${head} owner (rollcall audit)`,
      'mended credential.too-strong',
    ]);
    assert.equal(records.length, 3, 'each change is written down');
  });

  it('takes nothing back because it could not see', async () => {
    const { link, plan, said, audit } = make();
    for (const blind of [[BLIND], 'throws'] as const) {
      link.found = blind;
      await audit.ask(plan, never);
    }
    assert.deepEqual(said, []);
    link.found = [strong('owner'), BLIND];
    await audit.ask(plan, never);
    assert.equal(said.length, 1);
  });

  it('is made at start, every hour, sooner where something could not be seen, at once for another plan, and never twice at a time', async () => {
    const { link, plan, clock, audit } = make();
    assert.ok(audit.isDue(clock.now(), plan));
    const asking = audit.ask(plan, never);
    assert.ok(!audit.isDue(clock.now(), plan));
    await asking;
    await clock.advance(3_599_000);
    assert.ok(!audit.isDue(clock.now(), plan));
    assert.ok(audit.isDue(clock.now(), { ...plan }), 'other files may name other credentials');
    await clock.advance(1000);
    assert.ok(audit.isDue(clock.now(), plan));
    link.found = [BLIND];
    await audit.ask(plan, never);
    await clock.advance(299_000);
    assert.ok(!audit.isDue(clock.now(), plan));
    await clock.advance(1000);
    assert.ok(audit.isDue(clock.now(), plan));
  });

  it('lists five, and says how many more', async () => {
    const { link, plan, said, audit } = make();
    link.found = Array.from({ length: 8 }, (_, nth) => strong(`right-${nth}`));
    await audit.ask(plan, never);
    assert.match(said[0] ?? '', /right-4; and 3 more \(rollcall audit\)$/);
  });

  it('is bounded: what was found before it hung stands, the rest is unaudited', async () => {
    const { link, plan, clock } = make();
    link.found = 'hangs';
    const asking = auditAll(plan, clock, never);
    await clock.advance(60_000);
    const [audited] = await asking;
    assert.deepEqual(
      audited?.reports.map(({ kind }) => kind),
      ['strong', 'unaudited'],
    );
  });

  it('says nothing of links that have none', async () => {
    const plan = makePlan([makeResource()], { link: new ScriptedLink() });
    assert.deepEqual(
      (await auditAll(plan, new FakeClock(), never)).map(({ reports }) => reports),
      [[]],
    );
  });
});

describe('the first arming', () => {
  it('is refused with what could destroy, and with nothing else', async () => {
    const { link, plan, clock } = make(['owner']);
    for (const harmless of [[], [strong('owner')], [strong('create', 'warning')], [BLIND]]) {
      link.found = harmless;
      assert.equal(await reasonNotToArm(plan, EMPTY, clock), undefined);
    }
    link.found = [strong('owner'), strong('superuser'), strong('create', 'warning')];
    const why = await reasonNotToArm(plan, EMPTY, clock);
    assert.match(why ?? '', /pg: superuser: is superuser\n.*accept: \[superuser\]/);
    assert.doesNotMatch(why ?? '', /is owner|is create/);
  });

  it('is the first: whoever has watched before watches on', async () => {
    const { link, plan, clock } = make();
    link.found = [strong('superuser')];
    const before = link.asked;
    assert.equal(await reasonNotToArm(plan, { ...EMPTY, meta: { steady: '1' } }, clock), undefined);
    assert.equal(await reasonNotToArm(plan, { ...EMPTY, head: { seq: 1, hash: 'x' } }, clock), undefined);
    assert.equal(link.asked, before, 'and nobody is asked');
  });
});
