import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openFfiSocket } from '../../src/adapters/systemd/send-ffi.ts';
import { createNotifier, type Notifier } from '../../src/adapters/systemd-notify.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { bindDatagrams, type Datagrams } from '../support/datagrams.ts';

const withoutFfi = () => Promise.resolve(undefined);
const HAS_PROGRAM = existsSync('/usr/bin/systemd-notify') || existsSync('/bin/systemd-notify');

describe('the service manager', () => {
  let folder: Folder;
  let datagrams: Datagrams;
  let notifier: Notifier;
  beforeEach(async () => {
    folder = makeFolder();
    datagrams = bindDatagrams(join(folder.path, 'notify'));
    notifier = await createNotifier(datagrams.path, process.pid);
  });
  afterEach(() => {
    notifier.close();
    datagrams.close();
    folder.remove();
  });

  it('hears that the daemon is ready, reloads, works, and stops', async () => {
    assert.ok(await notifier.ready('watching 3 resources'));
    assert.ok(await notifier.reloading(123_456_789n));
    assert.ok(await notifier.watchdog());
    assert.ok(await notifier.status('2 blind'));
    assert.ok(await notifier.stopping('draining'));
    const heard: string[] = [];
    for (let n = 0; n < 5; n++) heard.push(await datagrams.receive());
    assert.deepEqual(heard, [
      'READY=1\nSTATUS=watching 3 resources',
      'RELOADING=1\nMONOTONIC_USEC=123456789',
      'WATCHDOG=1',
      'STATUS=2 blind',
      'STOPPING=1\nSTATUS=draining',
    ]);
  });

  it('is not told more than one thing by a line break in a status', async () => {
    await notifier.status('fine\nMAINPID=1\nSTOPPING=1');
    assert.equal(await datagrams.receive(), 'STATUS=fine MAINPID=1 STOPPING=1');
  });

  it('in the abstract namespace hears it as well', async () => {
    const hidden = bindDatagrams(`@rollcall-test-${process.pid}`);
    const other = await createNotifier(hidden.path, process.pid);
    assert.ok(await other.watchdog());
    assert.equal(await hidden.receive(), 'WATCHDOG=1');
    other.close();
    hidden.close();
  });

  it('that is not there or not a socket is no error', async () => {
    for (const path of [undefined, '', 'vsock:2:1234', join(folder.path, 'nobody'), join(folder.path, 'x'.repeat(200))]) {
      const other = await createNotifier(path, process.pid);
      assert.equal(await other.ready('up'), false, path ?? 'none');
      other.close();
    }
  });

  it('refuses a path that no socket address can hold', async () => {
    assert.equal(await openFfiSocket(`/${'x'.repeat(107)}`), undefined);
  });

  // The program is part of systemd, and so is whoever would be told: where it is missing, its absence is what can be shown.
  it(HAS_PROGRAM ? 'is told by systemd-notify where this process cannot' : 'is not told where neither way is open', async () => {
    const other = await createNotifier(datagrams.path, process.pid, withoutFfi);
    const told = other.ready('up');
    if (HAS_PROGRAM) {
      assert.equal(await datagrams.receive(), `MAINPID=${process.pid}\nREADY=1\nSTATUS=up`);
      // The program stays until the manager has taken this one too, so that its message is known to come from this unit.
      assert.equal(await datagrams.receive(), 'BARRIER=1');
    }
    assert.equal(await told, HAS_PROGRAM);
    other.close();
  });
});
