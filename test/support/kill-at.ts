/**
 * Loaded before the daemon's own code (`node --import`), from outside of it: counts the calls that change what would be left after a
 * crash (statements and transactions of the store, what is sent to receivers and what comes back) and kills the process, as a power
 * cut does, at the one it is told. It counts from when the file `KILL_FROM` is there. `KILL_AT` is `COUNT`, or `COUNT+MICROSECONDS` for a blow from another thread that long after the
 * call has begun, so that it falls inside the call, or what the call is: then at the first that is it. Where it struck is written to the file `KILL_LOG`.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

const [at = '0', delay] = (process.env['KILL_AT'] ?? '').split('+');
const state = new Int32Array(new SharedArrayBuffer(8));
let count = 0;

// Made where the daemon is and not in the children of its probes.
if (process.argv[1]?.endsWith('cli.ts') && at !== '0') {
  if (delay !== undefined) startHangman(Number(delay));
  patch(DatabaseSync.prototype, 'exec', (sql) => String(sql));
  patch(StatementSync.prototype, 'run', function (this: StatementSync) {
    return this.sourceSQL;
  });
  patch(Socket.prototype, 'connect', () => 'connect');
  patch(Socket.prototype, 'write', () => 'send');
  patch(Socket.prototype, 'push', (chunk) => (chunk === null ? 'end of answer' : 'answer'));
}

/** Counts the call before it is made. */
function patch(prototype: object, name: string, label: (this: never, first: unknown) => string): void {
  const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
  const original = methods[name];
  if (!original) throw new Error(`there is no ${name} to count`);
  methods[name] = function (this: unknown, ...args: unknown[]): unknown {
    reached(label.call(this as never, args[0]));
    return original.apply(this, args);
  };
}

function reached(what: string): void {
  if (count === 0 && !existsSync(process.env['KILL_FROM'] ?? '')) return;
  if (++count !== Number(at) && what !== at) return;
  writeFileSync(process.env['KILL_LOG'] ?? '', what.trim().split(/\s+/).slice(0, 4).join(' '));
  if (delay === undefined) process.kill(process.pid, 'SIGKILL');
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
}

function startHangman(microseconds: number): void {
  const code = `
    const { workerData: { state, microseconds } } = require('node:worker_threads');
    Atomics.store(state, 1, 1); Atomics.notify(state, 1);
    Atomics.wait(state, 0, 0);
    const until = process.hrtime.bigint() + BigInt(microseconds) * 1000n;
    while (process.hrtime.bigint() < until);
    process.kill(process.pid, 'SIGKILL');`;
  new Worker(code, { eval: true, workerData: { state, microseconds } }).unref();
  Atomics.wait(state, 1, 0);
}
