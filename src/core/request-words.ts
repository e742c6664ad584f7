import { clean } from '../values/text.ts';
import { operationOf } from './grant.ts';
import { changesManifest, namesResource, type Action, type RequestDocument } from './request.ts';
import { stateOf, type RequestRecord } from './request-state.ts';
import type { Sighting } from './request-world.ts';

/** Longer than any line can be whose parts are bounded: nothing of what is signed is cut away. */
const LONGEST = 8000;
const PLAN_WIDTH = 200;

const WHAT: Readonly<Record<Action, (target: string, operation: string) => string>> = {
  retire: (target) => `take ${target} off the roll, and let it disappear once without a page`,
  repin: (target) => `take another identity for ${target}`,
  weaken: (target) => `ask less of ${target}`,
  window: (target) => `declare or change maintenance windows of ${target}`,
  'change-policy': (target) => `change who signs for ${target}, or how many`,
  'expect-loss': (target) => `let ${target} disappear once, without a page`,
  execute: (target, operation) => `do "${operation}" to "${target}", once`,
};

/**
 * A request as the people who decide it must read it, in plain words, a line each: everything that a signature binds stands here. What
 * others wrote into it is cleaned, and what must be the same byte for byte shows every character that is no plain ASCII as `\u{…}`.
 */
export function sayRequest(document: RequestDocument): string[] {
  const { id, audience, action, target, identity, requester, reason, ticket, window, base, plan, change, need, sequence } = document;
  const kind = requester.kind === 'agent' ? 'A PROGRAM' : 'a person';
  const asker = `${requester.name}, ${kind}${requester.known === 'host' ? ', as somebody on the watcher said' : ''}`;
  const said = [target, operationOf(document)].join('');
  return [
    line('request', `${id} to ${audience.watchdog}, watching ${audience.manifest} version ${base.version} (${base.digest})`),
    line('wants to', WHAT[action](exact(target), exact(operationOf(document)))),
    ...(PLAIN.test(said)
      ? []
      : [
          line(
            'BEWARE',
            'its words hold characters that are not plain ASCII, shown by their numbers, as \\u{43e}; they may look like others',
          ),
        ]),
    line('asked by', asker),
    line('because', `"${reason}"${ticket === undefined ? '' : ` (${ticket})`}`),
    line('between', `${window.from} and ${window.until}, once`),
    ...(identity === null
      ? []
      : [
          line(
            'identity',
            Object.entries(identity)
              .map(([key, value]) => `${key} ${exact(value)}`)
              .join(', '),
          ),
        ]),
    ...sayObserved(document),
    ...(change === undefined ? [] : [line('it changes', change), line('becomes', `version ${sequence}`)]),
    ...(plan === null
      ? []
      : [line('plan', `${plan.digest}, ${plan.bytes} bytes${plan.text === undefined ? ', too large to be shown' : ''}`)]),
    ...(plan?.text === undefined || changesManifest(action) ? [] : planLines(plan.text)),
    line(
      'it takes',
      `${need} ${need === 1 ? 'person' : 'people'}, other than who asked, by the rule ${document.policy}; one who denies ends it`,
    ),
    line('nonce', document.nonce),
  ];
}

function sayObserved({ observed, action, about }: RequestDocument): string[] {
  if (!observed) return namesResource(action) || action === 'execute' ? [line('known of it', 'nothing: it is not on the roll')] : [];
  const { target, what, protects, protected_by: guards, same_domain: others, last_seen_healthy: healthy } = observed;
  return [
    line(about === target.id ? 'it is' : 'it is about', `${say(target)}, ${what}, last seen healthy ${healthy ?? 'never'}`),
    line(
      'depending',
      protects.length === 0 ? 'nothing on the roll has it as its backup' : `it is the backup of ${list(protects.map(say))}`,
    ),
    line(
      'protected by',
      guards.length === 0
        ? 'NOTHING on the roll would bring it back'
        : list(guards.map((guard) => say(guard) + (guard.shares_domain ? ', WHICH LIES IN THE SAME DOMAIN AND MAY GO WITH IT' : ''))),
    ),
    line('within reach', others.length === 0 ? 'nothing else on the roll lies in its domain' : `in the same domain lie ${list(others)}`),
  ];
}

const PLAIN = /^[\u0020-\u007e]*$/;
const line = (label: string, value: string): string => `${label.padEnd(12)} ${clean(value, LONGEST)}`;
const list = (all: readonly string[]): string => all.join(', ');
const say = ({ id, verdict, breaches }: Sighting): string => `${id} (${verdict}${breaches.length > 0 ? `: ${breaches.join(', ')}` : ''})`;

/** Every character that may look like another one, by its number. */
function exact(text: string): string {
  return text.replace(/[^\u0020-\u007e]|\\/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}

/** All of it: what is signed unread is not approved. */
function planLines(text: string): string[] {
  return text.split('\n').flatMap((one) => (exact(one).match(new RegExp(`.{1,${PLAN_WIDTH}}`, 'g')) ?? ['']).map((part) => `  | ${part}`));
}

/** How a request stands, on one line. */
export function sayState(record: RequestRecord): string {
  const { document, status, why, people, execution, burned, exit, lost } = record;
  const { id, action, target, need, window, requester } = document;
  const how =
    status === 'PENDING'
      ? `PENDING, ${people.length} of ${need} approved${people.length > 0 ? ` (${people.join(', ')})` : ''}`
      : status === 'FAILED'
        ? `${stateOf(record)}: ${why}`
        : `APPROVED by ${people.join(', ')}, ${execution}${why === undefined ? '' : `: ${why}`}`;
  const spent =
    burned === undefined ? '' : exit === undefined ? '; its token was used, and nobody said how it ended' : `; it ended with ${exit}`;
  const gone = lost === undefined ? '' : '; the loss came as approved';
  return clean(
    `${id}  ${exact(operationOf({ action, operation: document.operation }))} ${exact(target)}  ${how}${spent}${gone}  (asked by ${requester.name}, until ${window.until})`,
    600,
  );
}
