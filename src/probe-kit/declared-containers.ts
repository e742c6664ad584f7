import { isRecord, listIn, recordAt, textIn } from '../values/raw.ts';
import type { Declared } from '../probe.ts';

/** A container that a compose file or a Kubernetes manifest declares. */
export interface DeclaredContainer {
  readonly image: string;
  /** Variables by name, as they are written. What comes from elsewhere, such as a secret, begins with `$`. */
  readonly environment: ReadonlyMap<string, string>;
}

const WORKLOADS: ReadonlySet<string> = new Set(['StatefulSet', 'Deployment', 'Pod']);

/** The containers of a service or of a workload; none of anything else. */
export function containersOf({ format, type, attributes }: Declared): readonly DeclaredContainer[] {
  if (format === 'compose' && type === 'service') return [containerOf(attributes['image'], attributes['environment'])];
  if (format !== 'kubernetes' || !WORKLOADS.has(type)) return [];
  const pod = type === 'Pod' ? recordAt(attributes, 'spec') : recordAt(attributes, 'spec', 'template', 'spec');
  return listIn(pod['containers']).flatMap((container) => (isRecord(container) ? [containerOf(container['image'], container['env'])] : []));
}

/** What a variable will hold; undefined where nobody knows. A variable of compose has the value that stands for it where it is not set. */
export function settled(text: string): string | undefined {
  const value = text.replace(/\$\{\w+:?-([^}]*)\}/g, '$1');
  return value === '' || value.includes('$') ? undefined : value;
}

function containerOf(image: unknown, environment: unknown): DeclaredContainer {
  return { image: textIn(image) ?? '', environment: environmentOf(environment) };
}

/** A map, a list of `NAME=value`, or Kubernetes' list of names and values. */
function environmentOf(raw: unknown): ReadonlyMap<string, string> {
  const pairs = isRecord(raw)
    ? Object.entries(raw)
    : listIn(raw).map((item): [unknown, unknown] => {
        if (isRecord(item)) return [item['name'], item['value'] ?? (isRecord(item['valueFrom']) ? '$elsewhere' : undefined)];
        const [, name, value] = /^([^=]+)=(.*)$/s.exec(textIn(item) ?? '') ?? [];
        return [name, value];
      });
  return new Map(
    pairs.flatMap(([name, value]) =>
      typeof name === 'string' && (typeof value === 'string' || typeof value === 'number') ? [[name, String(value)]] : [],
    ),
  );
}
