import assert from 'node:assert/strict';
import { testAwsKind, type Census, type Where } from '../../contract/aws-kind.ts';
import { startMoto, type Moto } from '../../support/aws/moto.ts';
import type { Happening } from '../../support/aws/world.ts';
import { worlds } from '../../support/aws/worlds.ts';
import { COMMON, GAPS } from './gaps.ts';

describe('AWS', function () {
  const counts = new Map<string, Record<Where, number>>([...worlds.keys()].map((kind) => [kind, { emulator: 0, stub: 0 }]));
  const passedOver = new Map<string, Set<Happening>>([...worlds.keys()].map((kind) => [kind, new Set()]));
  const census: Census = {
    ran: (kind, where) => {
      const count = counts.get(kind);
      if (count) count[where] += 1;
    },
    cannot: (kind, where, what) => {
      if (where === 'emulator') passedOver.get(kind)?.add(what);
    },
  };
  let moto: Moto;

  before(async function () {
    this.timeout(300_000);
    moto = await startMoto();
  });
  after(async () => moto?.[Symbol.asyncDispose]());

  for (const [kind, { stub, emulator }] of worlds) {
    if (emulator) testAwsKind(kind, 'emulator', () => emulator(moto.url), census);
    testAwsKind(kind, 'stub', stub, census);
  }

  describe('the census of the kinds', () => {
    before(() => {
      console.log('\n    tests per kind, on the emulator and on a stub:');
      for (const [kind, { emulator, stub }] of counts)
        console.log(`    ${kind.padEnd(28)} ${String(emulator).padStart(4)} emulator ${String(stub).padStart(4)} stub`);
    });

    for (const [kind, { emulator }] of worlds)
      it(`${kind}: what the emulator did not do is named, and nothing else is`, () => {
        const all = { ...COMMON, ...GAPS[kind] };
        const gaps = Object.fromEntries(Object.entries(all).filter(([, why]) => why !== undefined));
        const count = counts.get(kind);
        assert.ok(count);
        if ('emulator' in gaps) return assert.equal(count.emulator, 0, `${kind} has tests on the emulator: the gap is none`);
        assert.ok(emulator && count.emulator > 0, `no test of ${kind} ran on the emulator, and no gap says why`);
        assert.deepEqual([...(passedOver.get(kind) ?? [])].sort(), Object.keys(gaps).sort());
      });
  });
});
