import { BadAnswer } from '../../src/probe-kit/failure.ts';

/** The answer of INFO: sections by name, each of lines `name:value`. Everything in it is the server's word, and none of it is cleaned. */
export type Info = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Lines of one answer that are read: a server with every command ever called and hundreds of databases has some thousands. */
const MOST_LINES = 100_000;

/**
 * Reads an answer of INFO. Names of masters and addresses of replicas stand in it as somebody gave them, line ends and all: what such a
 * name forges, the server says once more by itself. So nothing may be said in two ways. @throws BadAnswer where something is, or where it is no INFO.
 */
export function parseInfo(text: string): Info {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  const lines = text.split('\n', MOST_LINES + 1);
  if (lines.length > MOST_LINES) throw new BadAnswer(`INFO says more than ${MOST_LINES} lines`);
  for (const raw of lines) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') continue;
    if (line.startsWith('# ')) {
      const name = line.slice(2).toLowerCase();
      if (sections.has(name)) throw saidTwice(`section ${name}`);
      section = new Map();
      sections.set(name, section);
      continue;
    }
    const colon = line.indexOf(':');
    if (!section) throw new BadAnswer('what answers INFO is no Redis');
    // A line of a later version, or of a module.
    if (colon < 1) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1)];
    if ((section.get(name) ?? value) !== value) throw saidTwice(name);
    section.set(name, value);
  }
  return sections;
}

function saidTwice(what: string): BadAnswer {
  return new BadAnswer(`INFO says ${what} twice: somebody may have put lines into it, by REPLICAOF or REPLCONF with a line end in a name`);
}

/** The fields of a value such as `keys=1,expires=0`. */
export function fieldsOf(value: string): ReadonlyMap<string, string> {
  return new Map(
    value.split(',', 50).flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      return at < 1 ? [] : [[part.slice(0, at), part.slice(at + 1)]];
    }),
  );
}

/** A whole number as the server writes it; NaN where it is none, so that it counts as not measured. */
export function wholeIn(text: string | undefined): number {
  const number = text !== undefined && /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : Number.NaN;
}
