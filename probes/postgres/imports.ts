import { containersOf, settled } from '../../src/probe-kit/declared-containers.ts';
import type { Declared, Found, Imported } from '../../src/probe.ts';
import { isRecord, listIn, recordAt, textIn } from '../../src/values/raw.ts';
import { clean } from '../../src/values/text.ts';

const TODO_NAME = 'TODO-database-name';
const PORT = 5432;
const IMAGE =
  /(?:^|\/)(?:postgres|postgresql|postgis|timescaledb(?:-ha)?|pgvector|citus|supabase-postgres|percona-distribution-postgresql|spilo-\d+|cloudnative-pg)(?:[:@]|$)|(?:^|\/)supabase\/postgres(?:[:@]|$)/i;

type Maker = (declared: Declared) => readonly Imported[];

/** What each tool calls a PostgreSQL database, and how it becomes an entry. */
const MAKERS: Readonly<Record<Declared['format'], Readonly<Record<string, Maker>>>> = {
  // The provider cyrilgdn/postgresql.
  terraform: {
    postgresql_database: ({ name, attributes }) => {
      const database = textIn(attributes['name']);
      return database === undefined ? [{ skipped: 'it has no name' }] : [entry(name, database)];
    },
  },
  compose: {
    service: fromContainers,
  },
  kubernetes: {
    StatefulSet: fromContainers,
    Deployment: fromContainers,
    Pod: fromContainers,
    // CloudNativePG.
    Cluster: ({ name, attributes }) => {
      if (!textIn(attributes['apiVersion'])?.startsWith('postgresql.cnpg.io/')) return [];
      const bootstrap = recordAt(attributes, 'spec', 'bootstrap');
      const method = Object.values(bootstrap).find(isRecord) ?? {};
      // What the operator makes where nobody says otherwise.
      const database = textIn(method['database']) ?? 'app';
      const [namespace, cluster] = name.split('/');
      return [entry(name, database, [`ask it at ${clean(`${cluster}-rw.${namespace}`, 150)}.svc:${PORT}`])];
    },
    Service: ({ name, attributes }) => {
      const spec = recordAt(attributes, 'spec');
      const ports = listIn(spec['ports']).flatMap((port) => (isRecord(port) ? [port['port']] : []));
      const outside = textIn(spec['externalName']);
      if (!ports.includes(PORT)) return [];
      if (outside === undefined && isRecord(spec['selector']))
        return [{ skipped: `the address of a database that runs in the cluster: its workload is imported, or rollcall discover finds it` }];
      return [entry(name, TODO_NAME, [`a server outside the cluster${outside === undefined ? '' : `, ${outside}`}: name the database`])];
    },
  },
};

/** Databases that Terraform, compose files and Kubernetes manifests declare. Of environments only the database's name is read. */
export function importDatabase(declared: Declared): readonly Imported[] {
  const makers = MAKERS[declared.format];
  return Object.hasOwn(makers, declared.type) ? (makers[declared.type]?.(declared) ?? []) : [];
}

function fromContainers(declared: Declared): readonly Imported[] {
  return containersOf(declared).flatMap(({ image, environment }) =>
    IMAGE.test(image) ? [fromEnvironment(declared.name, environment)] : [],
  );
}

/** As the official image reads it: the database is named as its user is where nobody says otherwise. */
function fromEnvironment(name: string, environment: ReadonlyMap<string, string>): Imported {
  const said = ['POSTGRES_DB', 'POSTGRESQL_DATABASE', 'POSTGRES_USER', 'POSTGRESQL_USERNAME']
    .map((key) => environment.get(key))
    .find((value) => value !== undefined);
  const database = settled(said ?? 'postgres');
  return database === undefined ? entry(name, TODO_NAME, ['its name comes from elsewhere: name the database']) : entry(name, database);
}

function entry(name: string, database: string, todo: readonly string[] = []): Imported {
  const found: Found = {
    kind: 'found',
    of: 'postgres.database',
    label: database,
    name: database === TODO_NAME ? name : database,
    entry: { name: database },
    pin: {},
    facts: [`declared as ${clean(name, 120)}`],
  };
  return {
    entry: found,
    todo: [...todo, 'pin it (rollcall pin), and say under expect what must be in it (rollcall discover proposes that)'],
  };
}
