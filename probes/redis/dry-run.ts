import { Refusal } from './errors.ts';
import { powersOver, type Power } from './powers.ts';
import type { Session } from './session.ts';

/** A user that the server does not know. */
export class NoSuchUser extends Error {}

/**
 * Which of the questions the server answers with yes for this user, without running any. A command that the server does not have is none
 * that anybody could run. @throws NoSuchUser, and Refusal where the asker may not ask, or the server (before 7) knows no such question.
 */
export async function allowedOver(session: Session, user: string, key: string): Promise<Power[]> {
  const asked = await Promise.all(powersOver(key).map(async (power) => ((await isAllowed(session, user, power)) ? [power] : [])));
  return asked.flat();
}

async function isAllowed(session: Session, user: string, { command }: Power): Promise<boolean> {
  try {
    return (await session.ask(['ACL', 'DRYRUN', user, ...command])) === 'OK';
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'ERR') throw error;
    if (/^ERR User '.*' not found/i.test(error.message)) throw new NoSuchUser();
    // A version that has no such command, or where it was renamed. Every other error is no answer.
    if (/^ERR Command '.*' not found/i.test(error.message)) return false;
    throw error;
  }
}
