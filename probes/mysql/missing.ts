import { clean } from '../../src/values/text.ts';
import { errorNumber, ERRORS } from './errors.ts';
import { foldName, type Server } from './server.ts';
import type { Session } from './session.ts';
import { quoteName } from './sql-text.ts';

/**
 * Why a database is not in the list that was shown to us. A list of MySQL's is of what one may see: a right that was taken away hides a
 * database just as a DROP does. So the server is asked for the database itself: it looks at rights first, and says that there is no such
 * thing (1049) only to those who have some on it, and that they have none (1044) whether it is there or not. What is dropped leaves the
 * rights on its name in place.
 */
export type Missing = 'gone' | 'hidden' | 'there';

/** Asks for each of `names` that `server` does not list, by a session that has said who it is with. @throws what the session throws. */
export async function askForMissing(
  session: Session,
  names: readonly string[],
  server: Server,
  limit: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Missing>> {
  const listed = new Set(server.databases.map((name) => foldName(name, server)));
  const missing = new Map<string, Missing>();
  for (const name of new Set(names)) if (!listed.has(foldName(name, server))) missing.set(name, await ask(session, name, limit, signal));
  return missing;
}

async function ask(session: Session, name: string, limit: number, signal: AbortSignal): Promise<Missing> {
  try {
    await session.query(`show create database ${quoteName(name)}`, limit, signal);
    return 'there';
  } catch (error) {
    const number = errorNumber(error);
    if (number === ERRORS.unknownDatabase) return 'gone';
    if (number === ERRORS.accessDeniedToDatabase) return 'hidden';
    throw error;
  }
}

/** What brings a hidden database back into view. */
export function hiddenSay(name: string): string {
  return `not allowed to see ${clean(name, 64)}, whether it is there or not; it takes GRANT REFERENCES on it`;
}
