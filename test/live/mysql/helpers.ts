import { mysql } from '../../../probes/mysql/index.ts';
import { Secret } from '../../../src/values/secret.ts';
import { Watcher } from '../../probes/mysql/helpers.ts';
import type { MysqlServer } from '../../support/mysql-server.ts';

/** Of the watcher's account on every server of these tests. */
export const PASSWORD = 'only-the-watcher-knows';

/** Runs what `grants` prints for exactly these entries, and gives the account its password. */
export async function letWatch(server: MysqlServer, entries: Readonly<Record<string, object>>, settings: object = {}): Promise<void> {
  await using watcher = new Watcher(server.url('watcher', PASSWORD), entries, settings);
  const made = await mysql.grants?.(watcher.settings, watcher.wanted(), {
    connection: 'test',
    secret: async () => new Secret(watcher.url),
  });
  for (const { run } of made?.statements ?? []) await server.query(...run.split('; '));
  await server.query(`alter user watcher identified by '${PASSWORD}' account unlock`);
}

/** A database `name` with a table `orders` of a hundred rows, made at once. */
export async function fill(server: MysqlServer, name = 'app'): Promise<void> {
  await server.query(
    `create database ${name}`,
    `create table ${name}.orders (id int primary key auto_increment, note varchar(40), at datetime default current_timestamp)`,
    `insert into ${name}.orders (note) values ${Array.from({ length: 100 }, (_, nth) => `('row-contents-${nth}')`).join(', ')}`,
  );
}
