import { containersOf, settled } from '../../src/probe-kit/declared-containers.ts';
import type { Declared, Imported } from '../../src/probe.ts';
import { textIn } from '../../src/values/raw.ts';
import { clean } from '../../src/values/text.ts';

const TODO_NAME = 'TODO-database-name';
const IMAGE = /(?:^|\/)(?:mysql|mysql-server|mariadb|percona|percona-server)(?:[:@]|$)/i;
/** What the images of MySQL and MariaDB, and Bitnami's, make a database of. */
const NAMED_BY = ['MYSQL_DATABASE', 'MARIADB_DATABASE'];

/** Databases that Terraform (the provider petoju/mysql), compose files and Kubernetes manifests declare. Of environments only the database's name is read. */
export function importDatabase(declared: Declared): readonly Imported[] {
  const { format, type, name, attributes } = declared;
  if (format === 'terraform' && type === 'mysql_database') {
    const database = textIn(attributes['name']);
    return [database === undefined ? { skipped: 'it has no name' } : entry(name, database)];
  }
  return containersOf(declared).flatMap(({ image, environment }) => {
    if (!IMAGE.test(image)) return [];
    const said = NAMED_BY.map((key) => environment.get(key)).find((value) => value !== undefined);
    const database = said === undefined ? undefined : settled(said);
    return [database === undefined ? entry(name, TODO_NAME, ['its name comes from elsewhere: name the database']) : entry(name, database)];
  });
}

function entry(name: string, database: string, todo: readonly string[] = []): Imported {
  return {
    entry: {
      kind: 'found',
      of: 'mysql.database',
      label: database,
      name: database === TODO_NAME ? name : database,
      entry: { name: database },
      pin: {},
      facts: [`declared as ${clean(name, 120)}`],
    },
    todo: [...todo, 'pin it (rollcall pin), and say under expect what must be in it (rollcall discover proposes that)'],
  };
}
