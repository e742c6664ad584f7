import { containersOf } from '../../src/probe-kit/declared-containers.ts';
import type { Declared, Imported } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';

const IMAGE = /(?:^|\/)(?:redis|redis-stack|redis-stack-server|valkey|valkey-bundle)(?:[:@]|$)/i;

/** Servers that compose files and Kubernetes manifests declare: their first database, because nothing there says which are used. */
export function importDatabase(declared: Declared): readonly Imported[] {
  const { name } = declared;
  return containersOf(declared).flatMap(({ image }) =>
    IMAGE.test(image)
      ? [
          {
            entry: {
              kind: 'found',
              of: 'redis.database',
              label: 'database 0',
              name,
              entry: { database: 0 },
              pin: {},
              facts: [`declared as ${clean(name, 120)}`],
            },
            todo: [
              'say churn: true if it is a cache that may be empty',
              'name a mark and pin it (rollcall pin), and say under expect what must be in it (rollcall discover proposes that)',
            ],
          } satisfies Imported,
        ]
      : [],
  );
}
