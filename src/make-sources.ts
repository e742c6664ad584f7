import type { Config } from './config/types.ts';
import type { Source } from './loop/sources.ts';
import type { Link, Probe, ProbeContext } from './probe.ts';

/** Every connection of the config as one that can be asked what is there. `links`: those that are open already, by connection. Contacts nothing. */
export function makeSources(
  { connections }: Pick<Config, 'connections'>,
  probes: ReadonlyMap<string, Probe>,
  links: ReadonlyMap<string, Link>,
  context: Omit<ProbeContext, 'connection'>,
): Source[] {
  return [...connections.values()].flatMap(({ name: connection, probe: probeName, settings }) => {
    const probe = probes.get(probeName);
    if (!probe) return [];
    const link = links.get(connection);
    const coversOf: Source['coversOf'] = (kind) => {
      const known = probe.kinds.get(kind);
      if (known?.alias) return { aliasOf: ({ target }) => known.alias?.(target) ?? '' };
      return known?.covers && (({ target }, found) => known.covers?.(target, found) === true);
    };
    return [
      { connection, probe: probe.name, open: () => probe.open(settings, { ...context, connection }), coversOf, ...(link && { link }) },
    ];
  });
}
