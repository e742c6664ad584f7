import { array, asyncProperty, assert as hold, constantFrom, oneof, record } from 'fast-check';
import assert from 'node:assert/strict';
import type { Delivery } from '../../src/ports.ts';
import { Office } from '../support/office.ts';

const LATER: Delivery = { kind: 'retryable', why: 'HTTP 503' };
const OK: Delivery = { kind: 'delivered', ref: null };

/** What a resource comes to, step by step. */
const LADDER = [
  undefined,
  { class: 'degraded', severity: 'warning' },
  { class: 'degraded', severity: 'critical' },
  { class: 'lost', severity: 'critical' },
] as const;
const IDS = ['orders-db', 'ledger-db', 'users-db'];

type Act =
  | { readonly do: 'worsen' | 'leave' | 'change' | 'acknowledge'; readonly id: string }
  | { readonly do: 'break or mend'; readonly pager: 'oncall' | 'chat' }
  | { readonly do: 'wait'; readonly ms: number };

const id = constantFrom(...IDS);
const act = oneof(
  { weight: 6, arbitrary: record({ do: constantFrom('worsen' as const), id }) },
  { weight: 4, arbitrary: record({ do: constantFrom('leave' as const, 'change' as const, 'acknowledge' as const), id }) },
  { weight: 2, arbitrary: record({ do: constantFrom('break or mend' as const), pager: constantFrom('oncall' as const, 'chat' as const) }) },
  { weight: 5, arbitrary: record({ do: constantFrom('wait' as const), ms: constantFrom(0, 20_000) }) },
);

/** Plays `acts`, mends both pagers and waits until all is said. Gives what each resource has come to: its place on the ladder. */
async function play(office: Office, acts: readonly Act[]): Promise<ReadonlyMap<string, number>> {
  const harm = new Map(IDS.map((one) => [one, 0]));
  const raised = new Map<string, number>();
  const place = (one: string): number => harm.get(one) ?? 0;
  for (const one of acts) {
    if (one.do === 'wait') await office.turn(one.ms);
    else if (one.do === 'break or mend') office[one.pager].answer = office[one.pager].answer === LATER ? OK : LATER;
    else if (one.do === 'change') office.desk.change(one.id, false);
    else if (one.do === 'acknowledge') {
      const incident = office.desk.incidentOf(one.id, false);
      if (incident) office.desk.acknowledge(incident.id, office.clock.now().steady + 3_600_000);
    } else if (one.do === 'leave') {
      if (place(one.id) > 0) office.leave(one.id);
      harm.set(one.id, 0);
    } else {
      const rung = LADDER[place(one.id) + 1];
      if (!rung) continue;
      harm.set(one.id, place(one.id) + 1);
      const episode = (raised.get(`${one.id} ${rung.class}`) ?? 0) + 1;
      raised.set(`${one.id} ${rung.class}`, episode);
      office.raise(one.id, { ...rung, episode });
    }
  }
  office.oncall.answer = office.chat.answer = OK;
  await office.turn(180_000);
  return harm;
}

describe('the desk', function () {
  this.timeout(120_000);

  for (const [how, answer] of [
    ['takes', OK],
    ['refuses to take', LATER],
  ] as const)
    it(`lets nobody join an incident that a graver one replaces, while the vendor ${how} pages`, async () => {
      const office = new Office();
      office.raise('orders-db', { class: 'degraded' });
      await office.turn();
      office.oncall.answer = office.chat.answer = answer;
      office.raise('orders-db');
      office.raise('ledger-db', { class: 'degraded' });
      await office.turn(5000);
      office.oncall.answer = office.chat.answer = OK;
      await office.turn(90_000);
      assert.equal(office.desk.incidentOf('ledger-db', false)?.key, 'rollcall/m/w/ledger-db/degraded/1');
      assert.ok(office.oncall.said.includes('trigger first ledger-db degraded'), office.oncall.said.join());
    });

  it('replaces no incident under the feet of those who joined it in the same round', async () => {
    const office = new Office();
    office.raise('orders-db', { class: 'degraded' });
    await office.turn();
    office.raise('ledger-db', { class: 'degraded' });
    office.raise('orders-db');
    await office.turn(90_000);
    assert.equal(office.desk.incidentOf('ledger-db', false)?.key, 'rollcall/m/w/orders-db/degraded/1');
    assert.ok(!office.oncall.said.some((said) => said.startsWith('resolve')), office.oncall.said.join());
  });

  it('says nothing of an incident that was over before it was worded', async () => {
    const office = new Office();
    office.raise('orders-db', { class: 'degraded' });
    await office.turn();
    office.raise('ledger-db', { class: 'degraded', severity: 'warning' });
    office.raise('ledger-db', { class: 'degraded' });
    await office.turn(5000);
    assert.deepEqual(office.oncall.said, ['trigger first orders-db degraded', 'update joined orders-db degraded']);
  });

  it('whatever happens: who is harmed is open in its class and every pager was told, and what is over was ended last', async () => {
    await hold(
      asyncProperty(array(act, { maxLength: 25 }), async (acts) => {
        const office = new Office();
        const harm = await play(office, acts);
        const open = new Map(office.desk.open().map((incident) => [incident.key, incident]));
        for (const { letters, name } of [office.oncall, office.chat]) {
          for (const one of IDS) {
            const rung = LADDER[harm.get(one) ?? 0];
            const incident = office.desk.incidentOf(one, false);
            assert.equal(incident?.class, rung?.class, one);
            const told = letters.some(
              ({ page }) => page.dedup_key === incident?.key && page.resources.some((resource) => resource.id === one),
            );
            assert.equal(told, rung !== undefined, `${name} about ${one}`);
          }
          const last = new Map(letters.map(({ page }) => [page.dedup_key, page.event]));
          for (const [key, event] of last) assert.equal(event === 'resolve', !open.has(key), `${name}: ${key} ends with ${event}`);
        }
        assert.deepEqual([...new Set([...open.values()].map(({ phase }) => phase))].join(), open.size > 0 ? 'paged' : '');
        assert.deepEqual(office.desk.tray.undelivered(), []);
      }),
      { numRuns: 200 },
    );
  });
});
