import { formatDuration } from '../values/duration.ts';
import { clean } from '../values/text.ts';
import type { Delivery, Pager } from '../ports.ts';
import { guardPager } from './guard-pager.ts';
import { fitPage } from './page-fit.ts';
import { runProgram, type RunEnd } from './run-program.ts';

const MAX_BYTES = 256 * 1024;
/** sysexits.h: "temporary failure; the user is invited to retry". */
const EX_TEMPFAIL = 75;
/** This machine is out of something for the moment. */
const SHORTAGE: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ETXTBSY']);

export interface CommandPagerOptions {
  readonly name: string;
  /** Absolute path of an executable. */
  readonly program: string;
  /** Handed over as they are: no shell reads them, and everybody on this machine can. */
  readonly args: readonly string[];
  /** One attempt, ms. */
  readonly timeout: number;
}

/**
 * Runs a program for each letter, with `{ schema, id, prior, page }` as JSON on its standard input. Exit 0 is the receipt, and the first
 * line it wrote the receiver's name for the message; 75 (EX_TEMPFAIL), a signal or the timeout are worth another try; the rest refuses.
 */
export function createCommandPager({ name, program, args, timeout }: CommandPagerOptions): Pager {
  return guardPager(name, async (letter, signal) => {
    const { id, prior = null } = letter;
    const input = JSON.stringify({ schema: 'rollcall/letter/v1', id, prior, page: fitPage(letter.page, MAX_BYTES) });
    return deliveryOf(await runProgram({ program, args, input: `${input}\n`, timeout, signal }), timeout);
  });
}

function deliveryOf(end: RunEnd, timeout: number): Delivery {
  switch (end.kind) {
    case 'late':
      return { kind: 'retryable', why: `did not end within ${formatDuration(timeout)} and was killed` };
    case 'killed':
      return { kind: 'retryable', why: `was killed by ${end.by}${said(end.err)}` };
    case 'unstarted':
      return { kind: SHORTAGE.has(end.code) ? 'retryable' : 'refused', why: `cannot be started: ${clean(end.code, 40)}` };
    case 'exited':
      if (end.code === 0) return { kind: 'delivered', ref: firstLine(end.out) || null };
      return { kind: end.code === EX_TEMPFAIL ? 'retryable' : 'refused', why: `ended with ${end.code}${said(end.err)}` };
  }
}

function said(err: string): string {
  const line = firstLine(err);
  return line === '' ? '' : `: ${line}`;
}

function firstLine(text: string): string {
  return clean(text.trimStart().split('\n', 1)[0] ?? '', 200).trim();
}
