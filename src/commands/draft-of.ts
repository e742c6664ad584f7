import type { Placed } from '../core/coverage.ts';
import { draftManifest, type DraftEntry } from '../draft/draft-manifest.ts';
import { idMaker } from '../draft/id-maker.ts';
import type { Discovery } from './discover.ts';

/** The draft of what was found, and how many entries it has. What is left out on purpose, or found on two connections, is told at its end. */
export function draftOf(
  { watchdog, manifest, at, discovered, placed }: Discovery,
  wanted: (one: Placed) => boolean,
): { readonly text: string; readonly entries: number } {
  const makeId = idMaker(manifest?.resources.map(({ id }) => id));
  const foot: string[] = [];
  const entries: DraftEntry[] = [];
  const seen = new Map<string, string>();
  for (const one of placed.filter(wanted)) {
    const { connection, found, id, leftOut } = one;
    const what = `${connection}: ${found.of} ${found.label}`;
    if (leftOut !== undefined) {
      foot.push(`left out on purpose: ${what}: ${leftOut}`);
      continue;
    }
    const same = JSON.stringify([found.of, found.entry, found.pin]);
    const first = Object.keys(found.pin).length > 0 ? seen.get(same) : undefined;
    if (first !== undefined && first !== connection) {
      foot.push(`the same as on ${first}: ${what}`);
      continue;
    }
    seen.set(same, connection);
    const facts = [...(id === undefined ? [] : [`on the roll already, as ${id}`]), ...(found.facts ?? [])];
    entries.push({ id: id ?? makeId(found.name), connection, found: { ...found, facts } });
  }
  for (const { connection, unexplored } of discovered)
    for (const { on, reason, say } of unexplored) foot.push(`could not be looked into: ${connection}: ${on}: ${reason}: ${say}`);
  const head = [
    `A draft that rollcall discover made on ${at}. Nothing is watched by it.`,
    'Read it: take out what need not exist, correct the floors and the cadences, say who owns what, and name under protected_by what would bring it back.',
    "Then put it where config.yaml's manifest leads, and run rollcall validate, rollcall grants, rollcall check. Where people sign, raise version and sign.",
  ];
  const text = draftManifest({ manifest: manifest?.id ?? watchdog, version: 1, head, entries: unique(entries), foot });
  return { text, entries: entries.length };
}

/** Of several things that one entry of the roll means, each would get its id: the first keeps it. */
function unique(entries: readonly DraftEntry[]): DraftEntry[] {
  const used = new Set<string>();
  return entries.filter(({ id }) => !used.has(id) && used.add(id));
}
