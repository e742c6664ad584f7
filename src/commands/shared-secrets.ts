import type { SecretPlace } from '../config/types.ts';
import type { AuditFinding } from './audit-result.ts';

/** Where secrets stand that somebody else holds too, by what the secret is called in config.yaml. */
const THEIRS = /^(?:claims\.|requests\.requesters\.)/;

/** A secret that is handed to an agent or a pipeline, and with which the watcher does something else as well. */
export function sharedSecrets(places: readonly SecretPlace[]): AuditFinding[] {
  const groups = Map.groupBy(places, ({ ref }) => JSON.stringify(ref));
  return [...groups.values()].flatMap((group) => {
    const theirs = group.find(({ path }) => THEIRS.test(path));
    const other = group.find((place) => place !== theirs);
    if (!theirs || !other) return [];
    const what = `the secret of ${theirs.path} is also that of ${other.path}: whoever is handed the one has the other`;
    const fix = [`# make a secret of its own for ${theirs.path}, and another for ${other.path}`];
    return [{ part: 'agents', kind: 'shared', severity: 'critical', about: theirs.path, ids: [], what, fix, accepted: false }];
  });
}
