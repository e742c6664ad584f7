import { coverageOf, type Placed } from '../core/coverage.ts';
import type { Discovery } from './discover.ts';

/** The schema `rollcall/discover/v1`. Names are as they are: whoever reads it must expect anything. */
export function printDiscovery({ watchdog, manifest, at, discovered, placed }: Discovery, exit: number): object {
  return {
    schema: 'rollcall/discover/v1',
    watchdog,
    manifest: manifest === undefined ? null : { id: manifest.id, version: manifest.version, sha256: manifest.sha256 },
    at,
    exit,
    connections: discovered.map(({ connection, probe, asked, unexplored }) => ({
      connection,
      probe,
      asked,
      found: placed.filter((one) => one.connection === connection).map(printFound),
      unexplored: unexplored.map(({ on, reason, say, hides, beyond }) => ({
        on,
        reason,
        say,
        hides,
        ...(beyond !== undefined && { beyond }),
      })),
    })),
    coverage: coverageOf(placed).map(({ connection, kind, found, managed, leftOut }) => ({
      connection,
      kind,
      found,
      managed,
      left_out: leftOut,
    })),
  };
}

function printFound({ found, id, leftOut }: Placed): object {
  const { of, label, entry, pin, expect = {}, facts = [], severity, sweep, inspect } = found;
  return {
    kind: of,
    name: label,
    on_roll: id ?? null,
    left_out: leftOut ?? null,
    entry,
    identity: pin,
    ...(severity !== undefined && { severity }),
    ...(sweep !== undefined && { sweep }),
    ...(inspect !== undefined && { inspect }),
    expect,
    facts,
  };
}
