import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createPinoLog, type LogLevel } from '../../src/adapters/log-pino.ts';
import { Secret } from '../../src/values/secret.ts';
import { makeFolder } from '../support/folder.ts';

describe('the log', () => {
  const capture = (level: LogLevel = 'debug') => {
    const lines: string[] = [];
    return { lines, log: createPinoLog({ write: (line) => void lines.push(line) }, { level, name: 'vault-eu' }) };
  };
  const last = (lines: string[]) => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;

  it('writes a line of JSON with level, time, name, message and fields', () => {
    const { lines, log } = capture();
    log.warn('a batch is overdue', { batch: 'orders-pg', ms: 12 });
    const { time, ...rest } = last(lines);
    assert.deepEqual(rest, { level: 'warn', name: 'vault-eu', batch: 'orders-pg', ms: 12, msg: 'a batch is overdue' });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('keeps levels below its own to itself', () => {
    const { lines, log } = capture('warn');
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
      ['c', 'd'],
    );
  });

  it('cleans and bounds whatever comes from outside', () => {
    const { lines, log } = capture();
    log.info('seen', {
      database: 'x\u001b[2J\u202egnp\nforged',
      long: 'y'.repeat(100_000),
      many: Array.from({ length: 1000 }, () => 'z'),
      deep: { a: { b: { c: { d: { e: 1 } } } } },
      'key\n': 1n,
      not: undefined,
    });
    const { database, long, many, deep, ...rest } = last(lines);
    assert.equal(database, 'x [2J gnp forged');
    assert.equal(String(long).length, 1000);
    assert.equal((many as unknown[]).length, 50);
    assert.deepEqual(deep, { a: { b: { c: '…' } } });
    assert.equal(rest['key '], '1');
    assert.equal(lines.at(-1)?.trimEnd().includes('\n'), false);
  });

  it('shows errors by name, code, message and cause, without their stack', () => {
    const { lines, log } = capture();
    const error = Object.assign(new TypeError('no\nroute', { cause: new Error('refused') }), { code: 'ECONNREFUSED' });
    log.error('a page was not delivered', { error });
    assert.deepEqual(last(lines)['error'], {
      name: 'TypeError',
      code: 'ECONNREFUSED',
      message: 'no route',
      cause: { name: 'Error', message: 'refused' },
    });
  });

  it('masks secrets, by type and by the name of the field', () => {
    const { lines, log } = capture();
    const fields = {
      password: 'hunter2',
      pager: { token: 'hunter2', nested: { authorization: 'Bearer hunter2' } },
      plain: new Secret('hunter2'),
    };
    log.info('connected', fields);
    assert.ok(!lines.join('').includes('hunter2'));
    assert.equal(last(lines)['plain'], '<secret>');
    assert.equal(fields.password, 'hunter2');
  });

  it('has written to a file when the call returns, and survives one that takes nothing more', () => {
    const folder = makeFolder();
    const file = openSync(join(folder.path, 'log'), 'a');
    createPinoLog(file, { level: 'info', name: 'vault-eu' }).info('started');
    assert.match(readFileSync(join(folder.path, 'log'), 'utf8'), /"msg":"started"/);
    closeSync(file);
    folder.remove();
    const full = openSync('/dev/full', 'w');
    const log = createPinoLog(full, { level: 'info', name: 'vault-eu' });
    log.info('lost');
    log.info('lost too');
    closeSync(full);
  });

  it('is not held up by a reader that stopped reading, and goes on once it reads again', () => {
    const folder = makeFolder();
    const path = join(folder.path, 'pipe');
    execFileSync('mkfifo', [path]);
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const log = createPinoLog(pipe, { level: 'info', name: 'vault-eu' });
    // A pipe holds 64 KiB.
    for (let n = 0; n < 100; n++) log.info('looked', { n, pad: 'x'.repeat(900) });
    const buffer = Buffer.alloc(100_000);
    const read = () => buffer.toString('utf8', 0, readSync(pipe, buffer));
    assert.ok(read().length > 60_000);
    log.info('read again');
    assert.match(read(), /"n":99.*\n.*"msg":"read again"/);
    closeSync(pipe);
    folder.remove();
  });
});
