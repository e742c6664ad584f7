import { settleFiles } from '../app.ts';
import { proveEntries } from '../adapters/ledger-prove.ts';
import { openStore } from '../adapters/store-sqlite.ts';
import { readWatcherKey, readWatcherLine } from '../adapters/watcher-key.ts';
import { EXIT } from '../core/exit.ts';
import { BLANK } from '../core/memory.ts';
import { printResource } from '../core/print.ts';
import { NEW } from '../core/state.ts';
import { formatInstant } from '../core/wording.ts';
import { printEvidence, type EvidenceFile } from './evidence-markdown.ts';
import type { Io } from './io.ts';
import { knownIds } from './known-ids.ts';

/** The newest entries are what a ticket is about; each has its proof. */
const MOST_ENTRIES = 50;

/** Everything known of one resource and how it is known, for a provider's support: Markdown, or JSON with the bytes of every proof. */
export async function evidence(
  io: Io,
  options: { readonly config: string | undefined; readonly id: string; readonly json: boolean },
): Promise<number> {
  const { config, manifest } = await settleFiles(options.config, io);
  const id = knownIds([options.id], manifest, io)?.[0];
  const resource = manifest.resources.find((one) => one.id === id);
  if (!resource) return EXIT.usage;
  const { state, name } = config.watchdog;
  const store = await openStore(state, { readOnly: true, archives: config.ledger?.archive?.folder });
  try {
    const { resources, head, incidents } = await store.load();
    const record = resources.get(resource.id);
    const own = new Set(incidents.flatMap((incident) => (Object.hasOwn(incident.members, resource.id) ? [incident.id] : [])));
    const proven = await proveEntries(store, ({ about }) => about === resource.id || own.has(about), MOST_ENTRIES);
    const memory = record?.memory ?? BLANK;
    const file: EvidenceFile = {
      schema: 'rollcall/evidence/v1',
      watchdog: name,
      manifest: { id: manifest.id, version: manifest.version, sha256: manifest.sha256 },
      resource: printResource(resource, record?.state ?? NEW, memory, 0),
      known: {
        identity: memory.pin ?? null,
        highest_healthy: memory.baselines,
        last_measured: Object.fromEntries(Object.entries(memory.last).map(([measure, { value }]) => [measure, String(value)])),
      },
      ledger: {
        size: proven.size,
        root: proven.root,
        // Of the very tree that the proofs lead to: a daemon may have written on meanwhile.
        checkpoint: (head?.root === proven.root ? readWatcherKey(state, name)?.sign(head) : undefined) ?? null,
        key: readWatcherLine(state) ?? null,
        of: proven.total,
        entries: proven.entries.map(({ seq, entry, bytes, proof }) => ({
          seq,
          at: formatInstant(entry.at.wall),
          kind: entry.kind,
          body: entry.body,
          bytes,
          proof,
        })),
      },
    };
    io.out(options.json ? `${JSON.stringify(file, null, 2)}\n` : printEvidence(file));
    return EXIT.ok;
  } finally {
    await store.close();
  }
}
