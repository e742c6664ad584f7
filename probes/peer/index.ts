import { defineProbe, type Kind } from '../../src/probe.ts';
import { compileWatcher, type WatcherTarget } from './compile.ts';
import { PeerLink } from './link.ts';
import { connectionSchema, watcherSchema, type Connection, type WatcherEntry } from './schema.ts';

const kinds = new Map<string, Kind<WatcherTarget>>([
  [
    'peer.watcher',
    { entry: watcherSchema, compile: (entry) => compileWatcher(entry as WatcherEntry), confirmAfterMs: 1000, holds: 'nothing' },
  ],
]);

/** Another rollcall, so that neither dies in silence. */
export const peer = defineProbe<Connection, WatcherTarget>({
  name: 'peer',
  kinds,
  connection: connectionSchema,
  batchKey: () => 'watcher',
  inspectionsPerMinute: () => undefined,
  patience: (connection) => connection.timeout + 2000,
  needs: () => [
    {
      right: 'read',
      on: 'the HTTP interface of the other watcher (its watchdog.token)',
      why: 'to see its last round and the head of its ledger',
    },
  ],
  setup: {
    title: 'another rollcall',
    questions: [
      { key: 'url', ask: 'Where is its HTTP interface?', answer: 'text', example: 'https://rollcall-b.internal:7878' },
      { key: 'token', ask: 'Its token, if it asks for one', answer: 'secret', optional: true },
    ],
  },
  open: (connection, context) => new PeerLink(connection, context),
});
