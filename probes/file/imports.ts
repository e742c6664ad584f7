import type { Declared, Imported } from '../../src/probe.ts';
import { isRecord, listIn, recordAt, textIn } from '../../src/values/raw.ts';
import { clean } from '../../src/values/text.ts';

const TODO_PATH = 'TODO-absolute-path';

/** Volumes that compose files and Kubernetes manifests declare. Where they lie on a host only the host knows. */
export function importVolume({ format, type, name, attributes }: Declared): readonly Imported[] {
  if (format === 'compose' && type === 'volume') return [composed(name, attributes)];
  if (format !== 'kubernetes') return [];
  if (type === 'PersistentVolumeClaim') return [claimed(name, attributes)];
  if (type !== 'StatefulSet') return [];
  const spec = recordAt(attributes, 'spec');
  const replicas = typeof spec['replicas'] === 'number' ? spec['replicas'] : 1;
  const [namespace, set] = name.split('/');
  return listIn(spec['volumeClaimTemplates']).flatMap((template) =>
    // So many at most: a file must not fill the draft by a number.
    Array.from({ length: Math.min(Math.max(replicas, 0), 20) }, (_, nth) => {
      const claim = textIn(recordAt(template, 'metadata')['name']) ?? 'data';
      return claimed(`${namespace}/${claim}-${set}-${nth}`, isRecord(template) ? template : {});
    }),
  );
}

function composed(name: string, volume: Readonly<Record<string, unknown>>): Imported {
  const facts = [`volume ${clean(name, 100)} of a compose file`];
  const { o, device } = recordAt(volume, 'driver_opts');
  const bound = textIn(device);
  if (bound?.startsWith('/') && (textIn(o) ?? '').split(',').includes('bind')) return entry(name, bound, facts, []);
  const driver = textIn(volume['driver']);
  if (driver !== undefined && driver !== 'local')
    return { skipped: `its driver ${clean(driver, 60)} keeps it where this probe cannot look` };
  const project = textIn(volume['project']);
  const own = textIn(volume['name']) ?? (volume['external'] === true ? name : project === undefined ? undefined : `${project}_${name}`);
  if (own === undefined || own.includes('$'))
    return entry(name, TODO_PATH, facts, ['where it lies: docker volume inspect PROJECT_VOLUME says its Mountpoint']);
  return entry(name, `/var/lib/docker/volumes/${own}/_data`, facts, [
    'correct the path where Docker keeps its data elsewhere (docker volume inspect)',
  ]);
}

function claimed(name: string, claim: Readonly<Record<string, unknown>>): Imported {
  const [size, of] = [
    textIn(recordAt(claim, 'spec', 'resources', 'requests')['storage']),
    textIn(recordAt(claim, 'spec')['storageClassName']),
  ];
  const facts = [
    `claim ${clean(name, 120)}${size === undefined ? '' : `, ${clean(size, 20)}`}${of === undefined ? '' : `, storage class ${clean(of, 60)}`}`,
  ];
  return entry(name, TODO_PATH, facts, [
    'where a host that the watcher runs on has it mounted; a volume in the cloud is better watched at its provider',
  ]);
}

function entry(name: string, path: string, facts: readonly string[], todo: readonly string[]): Imported {
  return {
    entry: { kind: 'found', of: 'file.volume', label: name, name, entry: { path }, pin: {}, facts },
    todo: [...todo, 'say under expect what must be in it'],
  };
}
