import { createHash } from 'node:crypto';
import { BadAnswer, type Denial } from '../../src/probe-kit/failure.ts';
import type { Session } from './session.ts';
import type { DatabaseTarget } from './target.ts';

/** What is there of the keys that the manifest names, or why one could not be asked for. */
export interface Contents {
  readonly sentinels: ReadonlyMap<string, boolean | Denial>;
  /** Digest of what the mark holds; null where there is no such key; undefined where none is wanted. */
  readonly mark?: string | null | Denial;
}

/** Asks one after the other without waiting in between, in the database that the session is in. */
export async function readContents(session: Session, target: DatabaseTarget, failure: (error: unknown) => Denial): Promise<Contents> {
  const { mark, sentinels } = target;
  const [marked, ...found] = await Promise.all([
    mark === undefined ? undefined : readMark(session, mark).catch(failure),
    ...sentinels.map(async (key): Promise<[string, boolean | Denial]> => [key, await exists(session, key).catch(failure)]),
  ]);
  return { sentinels: new Map(found), ...(marked !== undefined && { mark: marked }) };
}

async function exists(session: Session, key: string): Promise<boolean> {
  const answer = await session.ask(['EXISTS', key]);
  if (answer !== 0 && answer !== 1) throw new BadAnswer('what answers EXISTS is no Redis');
  return answer === 1;
}

/** What it holds leaves this function as a digest only. */
async function readMark(session: Session, key: string): Promise<string | null> {
  const answer = await session.ask(['GET', key]);
  if (answer === null) return null;
  if (typeof answer !== 'string') throw new BadAnswer('what answers GET is no Redis');
  return `sha256:${createHash('sha256').update(answer).digest('hex')}`;
}
