import assert from 'node:assert/strict';
import { runBatch } from '../../src/loop/batch.ts';
import { createSystemClock } from '../../src/adapters/clock-system.ts';
import type { Report } from '../../src/core/report.ts';
import { AWS_KEY, AWS_SECRETS, AwsWatcher, type Looked } from '../support/aws/watcher.ts';
import type { Happening, World } from '../support/aws/world.ts';
import { testProbe, type Scenario } from './probe.ts';

export type Where = 'emulator' | 'stub';

/** How a title ends that says nothing, here and in the contract of every probe. */
const CANNOT = '(cannot be made on this machine)';

/** Told of each test that ran, and of each that could not because the world cannot make it happen. */
export interface Census {
  ran(kind: string, where: Where): void;
  cannot(kind: string, where: Where, what: Happening): void;
}

/**
 * What every kind of AWS resource must do, whatever it is: the contract of a probe, and what an account can do to it. `make` makes a world anew for
 * each test. A world that cannot make something happen passes it over, and `census` is told.
 */
export function testAwsKind(kind: string, where: Where, make: () => Promise<World>, census: Census): void {
  describe(`the kind ${kind} on ${where === 'stub' ? 'a stub' : 'the emulator'}`, function () {
    this.timeout(120_000);

    // Those of the contract too; what could not be made has told nobody anything.
    afterEach(function () {
      const { state, title = '' } = this.currentTest ?? {};
      if (state === 'passed' && !title.endsWith(CANNOT)) census.ran(kind, where);
    });

    const watch = (world: World, names = world.names, connection = world.connection, expect?: object) =>
      new AwsWatcher(
        connection,
        names.map((name) => ({ id: name, kind, entry: world.entry(name, expect) })),
      );
    const test = (title: string, body: (world: World, watcher: AwsWatcher) => Promise<void>): void => {
      it(title, async () => {
        await using world = await make();
        await using watcher = watch(world);
        await body(world, watcher);
      });
    };
    /** Like `test`, where the world can make it happen. */
    const when = <H extends Happening>(
      what: H,
      title: string,
      body: (world: World, watcher: AwsWatcher, make: NonNullable<World['can'][H]>) => Promise<void>,
    ): void => {
      it(title, async function () {
        await using world = await make();
        const happening = world.can[what];
        if (!happening) {
          census.cannot(kind, where, what);
          if (this.test) this.test.title += ` ${CANNOT}`;
          return;
        }
        await using watcher = watch(world);
        await body(world, watcher, happening);
      });
    };
    const first = ({ names }: World): string => names[0] ?? '';
    const others = ({ names }: World): readonly string[] => names.slice(1);
    const isGood = (looked: Readonly<Record<string, Looked>>, names: readonly string[]): void => {
      for (const name of names) assert.deepEqual(looked[name]?.words, ['good'], `${name}: ${JSON.stringify(looked[name]?.outcomes)}`);
    };
    const presence = (looked: Readonly<Record<string, Looked>>, name: string) => looked[name]?.outcomes.presence;

    test('there: every one is seen, by one listing', async (world, watcher) => {
      isGood(await watcher.look(), world.names);
      isGood(await watcher.look('sweep', 'fresh'), world.names);
      assert.equal((await watcher.listings()).length, 1);
    });

    test('deleted: absent on both paths, by a whole listing with a control; the others stay present', async (world, watcher) => {
      isGood(await watcher.look(), world.names);
      await world.destroy(first(world));
      for (const path of ['usual', 'fresh'] as const) {
        const looked = await watcher.look('sweep', path);
        assert.deepEqual(looked[first(world)]?.words, ['lost:absent']);
        isGood(looked, others(world));
      }
    });

    test('all deleted: absent by a second listing that cannot be empty', async (world, watcher) => {
      isGood(await watcher.look(), world.names);
      await world.destroyAll();
      const looked = await watcher.look('sweep', 'fresh');
      for (const name of world.names) assert.deepEqual(looked[name]?.words, ['lost:absent'], JSON.stringify(looked[name]?.reports));
    });

    when('recreate', 'deleted and made anew under its name: an impostor', async (world, watcher, recreate) => {
      isGood(await watcher.look(), world.names);
      await recreate(first(world));
      assert.equal((await watcher.look())[first(world)]?.outcomes.identity?.is, 'lost');
    });

    when('doom', 'marked for deletion: doomed, and it says how it is undone or that it is not', async (world, watcher, doom) => {
      isGood(await watcher.look(), world.names);
      await doom(first(world));
      const found = presence(await watcher.look(), first(world));
      assert.ok(found?.is === 'lost' && found.how === 'doomed', JSON.stringify(found));
      assert.ok(found.undo !== undefined || found.undoBefore !== undefined);
    });

    when('weaken', 'protection weakened first: exposed, without a word of it in the manifest', async (world, watcher, weaken) => {
      isGood(await watcher.look(), world.names);
      // What is not seen whole beforehand is no height to fall from.
      await watcher.look('inspect');
      const facet = await weaken(first(world));
      const depth = watcher.resources[0]?.checks.find((check) => check.facet === facet)?.depth;
      const looked = { ...(await watcher.look()), ...(await watcher.look(depth)) }[first(world)];
      const found = looked?.outcomes[facet as keyof typeof looked.outcomes];
      assert.ok(found?.is === 'breach' && found.breaches.every((one) => one.kind === 'exposed'), JSON.stringify(looked?.outcomes));
      assert.equal(looked?.outcomes.presence?.is, 'good');
    });

    when('deny', 'access denied: blind, and nobody is called absent', async (_world, watcher, deny) => {
      await deny();
      for (const path of ['usual', 'fresh'] as const)
        for (const looked of Object.values(await watcher.look('sweep', path))) assert.deepEqual(looked.words, ['blind:denied']);
    });

    when('throttleSecondPage', 'throttled on page 2: page 1 stays present, the rest is blind', async (world, watcher, throttle) => {
      const seen = await throttle();
      assert.ok(seen.length > 0 && seen.length < world.names.length, 'the world has two pages');
      const looked = await watcher.look();
      if (!world.areSets) isGood(looked, seen);
      else
        for (const name of seen) {
          assert.deepEqual(looked[name]?.words, ['good', 'blind:throttled'], JSON.stringify(looked[name]?.outcomes));
          assert.equal(presence(looked, name)?.is, 'good');
        }
      for (const name of world.names) if (!seen.includes(name)) assert.deepEqual(looked[name]?.words, ['blind:throttled']);
    });

    when('elsewhere', 'credentials of another account with the same names: blind, wrong caller', async (world, _watcher, elsewhere) => {
      await using other = watch(world, world.names, await elsewhere());
      for (const path of ['usual', 'fresh'] as const)
        for (const looked of Object.values(await other.look('sweep', path))) assert.deepEqual(looked.words, ['blind:wrong-caller']);
    });

    when('hide', 'gone, back, gone: a listing that is behind accuses nobody', async (world, watcher, hide) => {
      isGood(await watcher.look(), world.names);
      for (const turn of ['hidden', 'shown', 'hidden again']) {
        if (turn === 'shown') await world.can.show?.();
        else await hide(first(world));
        isGood(await watcher.look('sweep', turn === 'hidden' ? 'usual' : 'fresh'), world.names);
      }
      await world.destroy(first(world));
      assert.deepEqual((await watcher.look('sweep', 'fresh'))[first(world)]?.words, ['lost:absent']);
    });

    when('hang', 'page 2 never comes: what page 1 showed stands, the rest is blind', async (world, watcher, hang) => {
      await hang('second page');
      const bounds = { clock: createSystemClock(0), patience: 1500, signal: new AbortController().signal };
      const { reports } = await runBatch(watcher.link, watcher.resources, { depth: 'sweep', path: 'usual' }, bounds);
      const kinds = world.names.map((name) => reports.get(name)?.map(({ kind }) => kind) ?? []);
      assert.ok((world.areSets || kinds.some((one) => one.includes('seen'))) && kinds.some((one) => one.includes('blind')));
      assert.ok(!kinds.flat().includes('unseen'));
    });

    test('no secret in any report', async (world, watcher) => {
      await world.destroy(first(world));
      assertNoSecret([...(await watcher.reports()), ...(await watcher.reports('inspect'))]);
    });

    contract(kind, make);
  });
}

function assertNoSecret(reports: readonly Report[]): void {
  const text = JSON.stringify(reports);
  for (const secret of AWS_SECRETS) assert.ok(!text.includes(secret));
}

/** The contract of every probe, with this kind's things. */
function contract(kind: string, make: () => Promise<World>): void {
  const scenario = async (
    happen: (world: World) => Promise<boolean | void>,
    about?: (world: World) => readonly string[],
  ): Promise<Scenario | undefined> => {
    const world = await make();
    if ((await happen(world)) === false) {
      await world[Symbol.asyncDispose]();
      return undefined;
    }
    const entries = world.names.map((name) => ({ id: name, kind, entry: world.entry(name) }));
    const watcher = new AwsWatcher({ ...AWS_KEY, ...world.connection }, entries);
    return {
      link: watcher.link,
      resources: watcher.resources,
      ...(about && { about: about(world) }),
      async [Symbol.asyncDispose]() {
        await watcher[Symbol.asyncDispose]();
        await world[Symbol.asyncDispose]();
      },
    };
  };
  const can = async (happening: Promise<void> | undefined): Promise<boolean> => {
    await happening;
    return happening !== undefined;
  };
  testProbe(`aws, for ${kind}`, async () => ({
    answers: async () => {
      const made = await scenario(async () => {});
      assert.ok(made);
      return made;
    },
    lacks: () =>
      scenario(
        (world) => world.destroy(world.names[0] ?? ''),
        (world) => world.names.slice(0, 1),
      ),
    denies: () => scenario((world) => can(world.can.deny?.())),
    hangs: () => scenario((world) => can(world.can.hang?.('first page'))),
    yieldsThenHangs: () => scenario(async (world) => !world.areSets && can(world.can.hang?.('second page'))),
    unreachable: async () => {
      const made = await make();
      const entries = made.names.map((name) => ({ id: name, kind, entry: made.entry(name) }));
      const watcher = new AwsWatcher({ ...AWS_KEY, ...made.connection, endpoint: 'http://127.0.0.1:1' }, entries);
      return {
        link: watcher.link,
        resources: watcher.resources,
        async [Symbol.asyncDispose]() {
          await watcher[Symbol.asyncDispose]();
          await made[Symbol.asyncDispose]();
        },
      };
    },
    secrets: [...AWS_SECRETS],
  }));
}
