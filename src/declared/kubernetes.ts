import type { Declared } from '../probe.ts';
import { isRecord, listIn, textIn } from '../values/raw.ts';
import { readDocuments, readingOf, textOf, type ReadDeclared } from './declared-file.ts';

/** Values of secrets: not for anybody here. */
const SECRET_KINDS = new Set(['Secret', 'SealedSecret', 'ExternalSecret']);

/** The objects of manifests of Kubernetes, lists unpacked, secrets left out. */
export const readKubernetes: ReadDeclared = (file, bytes) => {
  const reading = readingOf(file);
  const text = textOf(bytes, reading);
  if (!text.ok) return text;
  const documents = readDocuments(text.value, reading);
  if (!documents.ok) return documents;
  const declared: Declared[] = [];
  for (const { value, line } of documents.value) {
    if (textIn(value['kind']) === undefined || textIn(value['apiVersion']) === undefined)
      return reading.fail(
        'has a document without kind and apiVersion: give manifests of Kubernetes, as kubectl get -o yaml prints them',
        line,
      );
    declared.push(...objectsOf(value));
  }
  return declared.length > 0 ? { ok: true, value: declared } : reading.fail('holds no object');
};

function objectsOf(object: Readonly<Record<string, unknown>>): Declared[] {
  const [kind, metadata] = [textIn(object['kind']) ?? '', object['metadata']];
  if (kind.endsWith('List')) return listIn(object['items']).flatMap((item) => (isRecord(item) ? objectsOf(item) : []));
  if (SECRET_KINDS.has(kind)) return [];
  const { name, namespace } = isRecord(metadata) ? metadata : {};
  return [{ format: 'kubernetes', type: kind, name: `${textIn(namespace) ?? 'default'}/${textIn(name) ?? 'unnamed'}`, attributes: object }];
}
