import type { Identity } from '../../src/probe.ts';

/** The pins that are really stated. */
export function tidyIdentity(identity: Readonly<Record<string, string | undefined>> | undefined): Identity {
  return Object.fromEntries(Object.entries(identity ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/**
 * Where the manifest states an identity, a look shows those keys and no others: what humans signed is not silently added to, and an
 * unpinned key of a volume that was missing at first does not make it an upstart.
 */
export function onlyWanted(found: Identity, wanted: Identity): Identity {
  const stated = Object.keys(wanted);
  return stated.length === 0 ? found : Object.fromEntries(Object.entries(found).filter(([key]) => stated.includes(key)));
}
