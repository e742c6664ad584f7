import { readDocument } from './document.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Names that stand in a config.yaml or a manifest, however unfinished: for completing, and for nothing that is decided. */
export interface Names {
  /** Keys of `connections`, `pagers` and entries of `agents`; ids of `resources`. */
  readonly connections: readonly string[];
  readonly pagers: readonly string[];
  readonly agents: readonly string[];
  readonly resources: readonly string[];
  /** As they stand there: paths from the file's folder. */
  readonly manifest?: string;
  readonly state?: string;
}

// A name that a shell would be given as more than one word, or as an option, is not a name.
const NAME = /^[A-Za-z0-9][\w.@-]{0,79}$/;

export function readNames(bytes: Uint8Array): Names {
  const file = asEntry(readDocument('', bytes).raw);
  const listed = (list: unknown, key: string): string[] => names(Array.isArray(list) ? list.map((one) => asEntry(one)[key]) : []);
  const { manifest } = file;
  const { state } = asEntry(file['watchdog']);
  return {
    connections: names(Object.keys(asEntry(file['connections']))),
    pagers: names(Object.keys(asEntry(file['pagers']))),
    agents: listed(file['agents'], 'name'),
    resources: listed(file['resources'], 'id'),
    ...(typeof manifest === 'string' && { manifest }),
    ...(typeof state === 'string' && { state }),
  };
}

function asEntry(value: unknown): Entry {
  return typeof value === 'object' && value !== null ? (value as Entry) : {};
}

function names(values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === 'string' && NAME.test(value));
}
