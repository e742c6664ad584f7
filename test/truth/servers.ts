import { startPostgres, type PostgresVersion, type TestPostgres } from '../support/postgres.ts';

/** Enough for every row that runs at the same time, with its watcher's sessions. */
const SETTINGS = ['max_connections=200'];

/** One server per version for all rows that concern one database only. */
export class Servers implements AsyncDisposable {
  readonly #shared = new Map<PostgresVersion, Promise<TestPostgres>>();

  async shared(version: PostgresVersion): Promise<TestPostgres> {
    const made = this.#shared.get(version) ?? prepared(version, SETTINGS);
    this.#shared.set(version, made);
    return made;
  }

  async own(version: PostgresVersion, settings: readonly string[] = []): Promise<TestPostgres> {
    return prepared(version, settings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of await Promise.allSettled(this.#shared.values()))
      if (server.status === 'fulfilled') await server.value[Symbol.asyncDispose]();
  }
}

async function prepared(version: PostgresVersion, settings: readonly string[]): Promise<TestPostgres> {
  const server = await startPostgres({ version, settings });
  await server.query('create role watcher login');
  return server;
}
