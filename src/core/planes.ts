import type { AuditReport, Plane } from './audit-report.ts';
import type { Resource } from './expectation.ts';

/** What is needed of a resource to say what it goes down with. */
export type Located = Pick<Resource, 'id' | 'kind' | 'connection' | 'severity' | 'domain' | 'protectedBy'>;

/** A plane that can be lost, or had in hand, as a whole. */
export interface SharedPlane extends Known {
  readonly kind: Exclude<Plane['kind'], 'region'>;
}

/** A plane that something lies on, and whether that was looked at or is what the manifest says. */
export interface Known extends Plane {
  readonly by: 'looked' | 'declared';
}

/** Where everything of the roll lies, as far as anybody knows. */
export class Atlas {
  readonly #planes: ReadonlyMap<string, readonly Known[]>;
  readonly #domains: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor(resources: readonly Located[], reports: readonly AuditReport[]) {
    const looked = new Map<string, Known[]>();
    for (const report of reports)
      if (report.kind === 'placed')
        for (const id of report.ids) {
          const known = looked.get(id) ?? [];
          known.push({ ...report.plane, by: 'looked' });
          looked.set(id, known);
        }
    this.#domains = new Map(resources.map(({ id, domain }) => [id, domain]));
    this.#planes = new Map(resources.map((one) => [one.id, [...(looked.get(one.id) ?? []), ...declared(one.domain)]]));
  }

  planes(id: string): readonly Known[] {
    return this.#planes.get(id) ?? [];
  }

  /** Names of one kind of plane that it lies on; empty where nobody knows. */
  names(id: string, kind: Plane['kind']): readonly string[] {
    return this.planes(id).flatMap((plane) => (plane.kind === kind ? [plane.name] : []));
  }

  /** Those of them that were looked at. */
  seen(id: string, kind: Plane['kind']): readonly string[] {
    return this.planes(id).flatMap((plane) => (plane.kind === kind && plane.by === 'looked' ? [plane.name] : []));
  }

  /** A word of its `domain`; undefined where the manifest says none. */
  word(id: string, key: string): string | undefined {
    return this.#domains.get(id)?.[key];
  }

  /** The planes that both lie on: whoever has one of them in hand, or loses it, has both. */
  shared(a: string, b: string): SharedPlane[] {
    const other = this.planes(b);
    const both = this.planes(a).flatMap(({ kind, name, by }): SharedPlane[] => {
      const match = other.find((plane) => kind === plane.kind && name === plane.name);
      // What one of them only declares is no more certain than that.
      return match && kind !== 'region' ? [{ kind, name, by: by === 'looked' && match.by === 'looked' ? 'looked' : 'declared' }] : [];
    });
    const provider = this.word(a, 'provider');
    const oneUnsaid = this.word(a, 'account') === undefined || this.word(b, 'account') === undefined;
    // The same provider, and nobody says that there are two accounts: then there is one.
    if (provider !== undefined && provider === this.word(b, 'provider') && oneUnsaid)
      both.push({ kind: 'account', name: `${provider}, as far as is said`, by: 'declared' });
    return [...new Map(both.map((plane) => [`${plane.kind}\n${plane.name}`, plane])).values()];
  }
}

function declared({ provider = '', account, host }: Readonly<Record<string, string>>): Known[] {
  return [
    ...(account === undefined
      ? []
      : [{ kind: 'account', name: provider === '' ? account : `${provider}/${account}`, by: 'declared' } as const]),
    ...(host === undefined ? [] : [{ kind: 'host', name: host.toLowerCase(), by: 'declared' } as const]),
  ];
}

/** Everything that would bring it back, one behind the other too; never itself. */
export function copiesOf(id: string, byId: ReadonlyMap<string, Located>): string[] {
  const found = new Set<string>();
  const follow = (one: string): void => {
    for (const guard of byId.get(one)?.protectedBy ?? [])
      if (guard !== id && !found.has(guard)) {
        found.add(guard);
        follow(guard);
      }
  };
  follow(id);
  return [...found];
}
