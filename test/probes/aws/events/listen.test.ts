import assert from 'node:assert/strict';
import { Concerned } from '../../../../probes/aws/events/concerned.ts';
import { listen } from '../../../../probes/aws/events/listen.ts';
import { REST_MS } from '../../../../probes/aws/events/hush.ts';
import type { Message } from '../../../../probes/aws/events/receive.ts';
import { awsKinds } from '../../../../probes/aws/kinds/index.ts';
import { connectionSchema, queuesOf } from '../../../../probes/aws/schema.ts';
import { call, QUEUE_ARN } from '../../../support/aws/events.ts';
import { STUB_ACCOUNT } from '../../../support/aws/stub.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';

const OTHER_ARN = QUEUE_ARN.replaceAll('eu-west-1', 'us-east-1');
const deletion = (name: string): string => JSON.stringify(call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: name }));
const wanted = ['orders', 'users', 'ledger'].map((key) => ({
  id: key,
  kind: 'aws.rds.instance',
  target: { kind: 'aws.rds.instance', region: undefined, key },
  checks: [],
}));

/** Somebody who listens to queues that answer as they are told to. */
class Listener {
  readonly clock = new FakeClock();
  /** `orders users`, `deaf ...`, `heard`: what was said, in order. */
  readonly said: string[] = [];
  /** When each call of a queue was made, by its ARN. */
  readonly calls: [arn: string, at: number][] = [];
  /** True: it says at once that it is empty, where others wait for something to come. */
  isEmpty = false;
  readonly #scripts = new Map<string, (() => readonly Message[])[]>();
  readonly #waiting = new Map<string, () => void>();
  readonly #failing = new Map<string, Error>();
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;
  #next = 0;

  constructor(queues: readonly string[] = [QUEUE_ARN]) {
    const connection = connectionSchema.parse({ account: STUB_ACCOUNT, region: 'eu-west-1', events: { queues } });
    const parts = {
      queues: queuesOf(connection),
      concerned: new Concerned(connection, wanted, awsKinds),
      receive: ({ arn }: { readonly arn: string }, signal: AbortSignal) => this.#receive(arn, signal),
      clock: this.clock,
    };
    const hold = listen(parts, this.#stop.signal);
    this.#reading = (async () => {
      for await (const one of hold) this.said.push('ids' in one ? one.ids.join(' ') : one.deaf === null ? 'heard' : `deaf ${one.deaf}`);
    })();
  }

  async put(bodies: readonly string[], arn = QUEUE_ARN, id?: string): Promise<void> {
    const messages = bodies.map((body) => ({ id: id ?? `m${this.#next++}`, body }));
    const script = this.#scripts.get(arn) ?? [];
    for (let from = 0; from < messages.length; from += 10) script.push(() => messages.slice(from, from + 10));
    this.#scripts.set(arn, script);
    await this.#woken(arn);
  }

  /** From now on it fails; undefined: no more. */
  async fail(error: Error | undefined, arn = QUEUE_ARN): Promise<void> {
    if (error) this.#failing.set(arn, error);
    else this.#failing.delete(arn);
    await this.#woken(arn);
  }

  async #woken(arn: string): Promise<void> {
    this.#waiting.get(arn)?.();
    await settle();
  }

  async #receive(arn: string, signal: AbortSignal): Promise<readonly Message[]> {
    this.calls.push([arn, this.clock.now().steady]);
    for (;;) {
      const error = this.#failing.get(arn);
      if (error) throw error;
      const next = this.#scripts.get(arn)?.shift();
      if (next) return next();
      if (this.isEmpty) return [];
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(arn, resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('over'));
    await this.#reading;
    assert.equal(this.clock.sleeping, 0, 'nothing is left behind');
  }
}

const named = (code: string): Error => Object.assign(new Error(`the queue says ${code}`), { name: code });

describe('whoever listens to a queue of events', () => {
  it('hands on at once what is named, and nothing for what is not on the roll', async () => {
    await using it = new Listener();
    await it.put([deletion('orders')]);
    await it.put([deletion('staging')]);
    await it.clock.advance(1);
    assert.deepEqual(it.said, ['heard', 'orders']);
  });

  it('hands on together what comes together', async () => {
    await using it = new Listener();
    await it.put(['orders', 'users', 'ledger', 'orders'].map(deletion));
    assert.deepEqual(it.said, ['heard', 'orders users ledger']);
  });

  it('takes the same message once, whoever hands it out how often', async () => {
    await using it = new Listener();
    for (let n = 0; n < 5; n++) {
      await it.put([deletion('orders')], QUEUE_ARN, 'the same');
      await it.clock.advance(REST_MS);
    }
    assert.deepEqual(it.said, ['heard', 'orders']);
  });

  it('lets a flood make nobody look more often than once a rest, and forgets nobody in it', async () => {
    await using it = new Listener();
    const began = it.clock.now().steady;
    await it.put(Array.from({ length: 3000 }, () => deletion('orders')));
    await it.put([deletion('users')]);
    await it.clock.advance(6 * REST_MS);
    const looks = it.said.filter((said) => said.includes('orders'));
    assert.ok(looks.length >= 2 && looks.length <= 2 + (it.clock.now().steady - began) / REST_MS, it.said.join('; '));
    assert.ok(it.said.some((said) => said.includes('users')));
  });

  it('reads what is huge slowly, and what is no event not at all', async () => {
    await using it = new Listener();
    const began = it.clock.now().steady;
    await it.put(Array.from({ length: 100 }, () => 'x'.repeat(200_000)));
    await it.put(['', '{', 'null', '{"source":"aws.rds"}', '\u0000', '[[[[', deletion('orders')]);
    await it.clock.advance(60_000);
    assert.deepEqual(it.said, ['heard', 'orders']);
    const last = it.calls.at(-1)?.[1] ?? 0;
    assert.ok(last - began > 15_000, 'twenty million characters take twenty seconds');
  });

  it('does not ask without end where a queue does not wait before it says that it is empty', async () => {
    await using it = new Listener();
    it.isEmpty = true;
    await it.put([deletion('orders')]);
    const before = it.calls.length;
    await it.clock.advance(10_000);
    const asked = it.calls.length - before;
    assert.ok(asked >= 5 && asked <= 11, `${asked} calls in ten seconds`);
    assert.deepEqual(it.said, ['heard', 'orders']);
  });

  it('asks a queue that fails ever more rarely, says so after a minute, once, and that it is heard again', async () => {
    await using it = new Listener();
    await it.fail(named('AccessDeniedException'));
    await it.clock.advance(59_000);
    assert.deepEqual(it.said, [], 'one failure is none');
    await it.clock.advance(3_000_000);
    await it.fail(named('ServiceUnavailable'));
    await it.clock.advance(600_000);
    assert.deepEqual(it.said, [`deaf ${QUEUE_ARN}: denied: AccessDeniedException: the queue says AccessDeniedException`]);
    assert.ok(it.calls.length < 75, `${it.calls.length} calls in an hour`);
    await it.fail(undefined);
    await it.put([deletion('orders')]);
    await it.clock.advance(60_000);
    assert.deepEqual(it.said.slice(1), ['heard', 'orders']);
  });

  it('does not speak of a failure that passes', async () => {
    await using it = new Listener();
    for (let n = 0; n < 20; n++) {
      await it.fail(named('ServiceUnavailable'));
      await it.clock.advance(20_000);
      await it.fail(undefined);
      await it.put([deletion('staging')]);
      await it.clock.advance(60_000);
    }
    assert.deepEqual(it.said, ['heard']);
  });

  for (const [error, reason] of [
    [named('QueueDoesNotExist'), /protocol|unreachable/],
    [named('ThrottlingException'), /throttled/],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), /unreachable/],
    [new TypeError('cannot read properties of undefined'), /threw/],
  ] as const)
    it(`says why it does not hear: ${error.name}`, async () => {
      await using it = new Listener();
      await it.fail(error);
      await it.clock.advance(70_000);
      assert.match(it.said[0] ?? '', reason);
    });

  it('hears each of several for itself: one that is gone keeps nobody from the other', async () => {
    await using it = new Listener([QUEUE_ARN, OTHER_ARN]);
    await it.fail(named('QueueDoesNotExist'), OTHER_ARN);
    await it.put([deletion('orders')]);
    assert.deepEqual(it.said, ['orders'], 'and says that all is heard only when it is');
    await it.clock.advance(70_000);
    assert.match(it.said[1] ?? '', new RegExp(`^deaf ${OTHER_ARN}: `));
    await it.put([deletion('orders')]);
    assert.equal(it.said[2], 'orders');
    await it.fail(undefined, OTHER_ARN);
    await it.put([deletion('users')], OTHER_ARN);
    await it.clock.advance(60_000);
    assert.deepEqual(it.said.slice(3), ['heard', 'users']);
  });
});
