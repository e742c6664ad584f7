import { BadAnswer } from '../../src/probe-kit/failure.ts';
import { factsOf, type ServerFacts } from './facts.ts';
import { parseInfo } from './info.ts';
import type { Session } from './session.ts';

/** Asks for all that INFO says: `all`, because servers before 7 take one word after it, and only that one brings the counters of commands. */
export async function readServer(session: Session): Promise<ServerFacts> {
  const answer = await session.ask(['INFO', 'all']);
  if (typeof answer !== 'string') throw new BadAnswer('what answers INFO is no Redis');
  const facts = factsOf(parseInfo(answer));
  if (facts.mode === 'sentinel') throw new BadAnswer('this is a Sentinel, which holds no data: watch the servers that it watches');
  return facts;
}

/** How many keys the database has that the session is in. */
export async function countKeys(session: Session): Promise<number> {
  const answer = await session.ask(['DBSIZE']);
  if (typeof answer !== 'number' || answer < 0) throw new BadAnswer('what answers DBSIZE is no Redis');
  return answer;
}
