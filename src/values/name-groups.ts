/** Files that look like one set: a pattern, and what it matches. */
export interface FileGroup<File extends Named = Named> {
  /** Of the last parts of names: `*`, `?` and `[x]`, within one part. */
  readonly pattern: string;
  /** What its names have in common, for an id. */
  readonly name: string;
  readonly files: readonly File[];
}

interface Named {
  /** With slashes between its parts: of a file, or a key of an object. */
  readonly path: string;
}

type Matches = (name: string, pattern: string) => boolean;

const BACKUP =
  /\.(?:dump|dmp|pgdump|sql|bak|backup|bkp|tar|tgz|tbz2?|txz|zip|7z|gz|bz2|xz|zst|lz4|rdb|aof|bson|archive|xbstream|vma|qcow2|img|snap|age|gpg|enc)$/i;
/** Dates, times, counters; and long hexadecimal names, of which nobody knows the next. */
const VARIES = /[0-9a-f]{16,}|\d+(?:[-_:.T+]?\d+)*(?:Z\b)?/gi;
/** Without the ending of a backup, so many with one pattern are still a set. */
const ENOUGH = 3;
/** More patterns than this in one folder: nobody's naming, so the ending alone is taken. */
const PATTERNS = 20;

/** Sorts the files of one folder into sets by their names. `matches`: what whoever watches them takes a pattern to mean. */
export function groupFiles<File extends Named>(files: readonly File[], matches: Matches): FileGroup<File>[] {
  const byPattern = Map.groupBy(files, ({ path }) => patternOf(baseOf(path)));
  const sets = [...byPattern].filter(
    ([pattern, own]) => BACKUP.test(baseOf(own[0]?.path ?? '')) || (own.length >= ENOUGH && pattern.includes('*')),
  );
  const wide = Map.groupBy(sets, ([, own]) => endingOf(baseOf(own[0]?.path ?? '')));
  return [...wide]
    .flatMap(([ending, alike]) =>
      alike.length > PATTERNS && ending !== ''
        ? [
            group(
              `*${literal(ending)}`,
              alike.flatMap(([, own]) => own),
              matches,
            ),
          ]
        : alike.map(([pattern, own]) => group(pattern, own, matches)),
    )
    .filter(({ files: own }) => own.length > 0)
    .sort((a, b) => (a.pattern < b.pattern ? -1 : 1));
}

function group<File extends Named>(pattern: string, files: readonly File[], matches: Matches): FileGroup<File> {
  // What is not matched after all (a hidden name under a pattern that begins with *) is not in the set that the roll would see.
  const own = files.filter(({ path }) => matches(baseOf(path), pattern));
  const plain = pattern.replace(/\[(.)\]/g, '$1').replaceAll('*', '');
  const name = plain.slice(0, plain.length - endingOf(plain).length).replace(/^[-_.]+|[-_.]+$/g, '');
  return { pattern, name, files: own };
}

/** True of a name with the ending of a backup, whatever is before it. */
export function hasBackupEnding(name: string): boolean {
  return BACKUP.test(name);
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `.sql.gz` of `a.sql.gz`: every ending that a backup has. */
function endingOf(name: string): string {
  const last = BACKUP.exec(name)?.[0];
  if (last === undefined) return '';
  return endingOf(name.slice(0, -last.length)) + last;
}

/** The name with what varies as `*`; the rest stands for itself, whatever is in it. An ending (`.7z`, `.bz2`) does not vary. */
function patternOf(name: string): string {
  const ending = endingOf(name);
  const stem = name.slice(0, name.length - ending.length);
  let [pattern, at] = ['', 0];
  for (const match of stem.matchAll(VARIES)) {
    pattern += `${literal(stem.slice(at, match.index))}*`;
    at = match.index + match[0].length;
  }
  return `${pattern}${literal(stem.slice(at))}${literal(ending)}`.replace(/\*+/g, (stars) => (stars.length > 1 ? '*' : stars));
}

/** Braces are refused in a pattern altogether, and stand for whatever one character. */
export function literal(text: string): string {
  return text.replace(/[[\]*?{}]/g, (character) => (character === '[' || character === '*' || character === '?' ? `[${character}]` : '?'));
}
