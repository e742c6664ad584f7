import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RequestOffice } from '../../src/request-office.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { NOW, Registrar, say } from '../support/requests.ts';
import { makeIds, SILENT } from '../support/watching.ts';

describe('a folder of approvals', function () {
  this.timeout(120_000);
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
    for (let turn = 0; turn < 100 && !(await until()); turn++) {
      // A look takes as long as the machine takes for it: no time passes before it has ended.
      while (clock.sleeping === 0) await pause(5);
      await clock.advance(2000);
    }
    while (clock.sleeping === 0) await pause(5);
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
    assert.deepEqual(await told(), ['approval approved', 'refusal nobody']);
    put('h-bob.approval.json', say(request, bob));
    await collect(async () => (await registrar.store.request(request.id))?.status === 'APPROVED');
    // After a restart nothing of what counted is offered again.
    const before = await told();
    put('i-late.approval.json', say(await registrar.ask(), mallory));
    await collect(async () => (await told()).length > before.length);
    assert.deepEqual((await told()).slice(before.length), ['refusal nobody']);
  });

  it('takes what people signed before what nobody did who may, however much of that there is and whatever its name', async () => {
    const request = await registrar.ask();
    const { alice, bob, bot, mallory } = registrar.site.keys;
    // More than everybody together may be heard in a minute.
    for (let n = 0; n < 40; n++) put(`a-${n}.approval.json`, { ...say(request, mallory), signature: `junk ${n}` });
    put('b.approval.json', say(request, bot));
    const altered = JSON.stringify({ ...say(request, alice), request: { ...request, reason: 'another' } });
    for (let n = 0; n < 20; n++) put(`c-${n}.approval.json`, altered + ' '.repeat(n));
    put('y.approval.json', say(request, alice));
    const twice = JSON.stringify(say(request, bob));
    for (let n = 0; n < 20; n++) put(`z-${n}.approval.json`, twice + ' '.repeat(n));
    await collect(async () => (await registrar.store.request(request.id))?.status === 'APPROVED');
    const [first, second, ...refused] = await told();
    assert.deepEqual([first, second], ['approval approved', 'approval approved']);
    assert.ok(refused.length <= 6, `${refused.length} strangers used up what is for all`);
  });

  it('is gone through in turn where there is more than one look can hold, and each is taken', async () => {
    const request = await registrar.ask();
    for (let n = 0; n < 1000; n++) put(`a-${n}.approval.json`, `{ "n": ${n} }`);
    for (const name of ['alice', 'bob'] as const) put(`b-${name}.approval.json`, say(request, registrar.site.keys[name]));
    let later = 0;
    await collect(async () => {
      // Somebody goes on writing while it is gone through.
      if (later < 50) put(`a-0-${later++}.approval.json`, `{ "later": ${later} }`);
      return (await registrar.store.request(request.id))?.status === 'APPROVED';
    });
    assert.deepEqual(await told(), ['approval approved', 'approval approved']);
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
