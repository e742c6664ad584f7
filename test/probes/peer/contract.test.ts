import { testProbe, type Scenario } from '../../contract/probe.ts';
import { startReceiver, type Answer } from '../../support/receiver.ts';
import { open, status, TOKEN, watcher } from './helpers.ts';

/** Two entries of the roll for one watcher behind one address, which answers as told. */
async function answering(answer: Answer): Promise<Scenario> {
  const receiver = await startReceiver(answer);
  const link = open(receiver.url);
  const expect = { ready: true, ledger_within: '1h' };
  return {
    link,
    resources: [watcher({ expect }), watcher({ identity: { watchdog: 'vault-us' } }, 'again')],
    async [Symbol.asyncDispose]() {
      await link.close();
      await receiver.close();
    },
  };
}

testProbe('peer', async () => ({
  answers: () => answering({ body: status() }),
  // A watcher that does not answer proves nothing: it is never absent.
  lacks: async () => undefined,
  denies: () => answering(({ headers }) => ({ status: 401, body: { error: `no ${String(headers['authorization'])}` } })),
  hangs: () => answering('hang'),
  // One answer speaks for everything behind the address.
  yieldsThenHangs: async () => undefined,
  async unreachable() {
    const gone = await answering('hang');
    const closed = await startReceiver();
    const link = open(closed.url);
    await closed.close();
    await gone[Symbol.asyncDispose]();
    return { ...gone, link, [Symbol.asyncDispose]: () => link.close() };
  },
  secrets: [TOKEN],
}));
