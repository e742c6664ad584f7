import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RequestOffice } from '../../src/request-office.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { NOW, Registrar, say } from '../support/requests.ts';
import { makeIds, SILENT } from '../support/watching.ts';

describe('a folder of approvals', function () {
  this.timeout(60_000);
  let registrar: Registrar;
  let clock: FakeClock;
  let folder: string;
  beforeEach(async () => {
    registrar = await Registrar.open();
    clock = new FakeClock(NOW);
    folder = join(registrar.site.path, 'approvals');
    mkdirSync(folder);
  });
  afterEach(() => registrar[Symbol.asyncDispose]());

  async function collect(until: () => Promise<boolean>): Promise<void> {
    const world = await registrar.world();
    const mailbox = new RequestOffice(registrar.store, () => world, clock, makeIds()).collect(folder, SILENT);
    for (let turn = 0; turn < 500 && !(await until()); turn++) await clock.advance(2000);
    const met = await until();
    await mailbox.stop();
    assert.ok(met);
  }
  const put = (name: string, content: unknown) =>
    registrar.site.write(`approvals/${name}`, typeof content === 'string' ? content : JSON.stringify(content));
  const told = async () => (await registrar.told()).filter((line) => !line.startsWith('request'));

  it('gives what is signed in it, whoever put it there, once each; what is none is passed over', async () => {
    const request = await registrar.ask();
    const { alice, bob, mallory } = registrar.site.keys;
    put('a-broken.approval.json', '{ not json');
    put('b-empty.approval.json', {});
    put('c-huge.approval.json', `"${'x'.repeat(300_000)}"`);
    put('d-mallory.approval.json', say(request, mallory));
    put('e-alice.approval.json', say(request, alice));
    put('f-bob.json', say(request, bob));
    mkdirSync(join(folder, 'g-folder.approval.json'));
    await collect(async () => (await told()).length >= 2);
    assert.deepEqual(await told(), ['refusal nobody', 'approval approved']);
    put('h-bob.approval.json', say(request, bob));
    await collect(async () => (await registrar.store.request(request.id))?.status === 'APPROVED');
    // After a restart nothing of what counted is offered again.
    const before = await told();
    put('i-late.approval.json', say(await registrar.ask(), mallory));
    await collect(async () => (await told()).length > before.length);
    assert.deepEqual((await told()).slice(before.length), ['refusal nobody']);
  });

  it('that is not there is looked for again', async () => {
    const request = await registrar.ask();
    const real = folder;
    folder = join(real, 'later');
    let turns = 0;
    await collect(async () => {
      if (++turns === 5) mkdirSync(folder);
      if (turns === 6) put('later/alice.approval.json', say(request, registrar.site.keys.alice));
      return (await told()).includes('approval approved');
    });
  });
});
