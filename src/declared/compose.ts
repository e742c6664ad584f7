import type { Declared } from '../probe.ts';
import { isRecord, textIn } from '../values/raw.ts';
import { readDocuments, readingOf, textOf, type ReadDeclared } from './declared-file.ts';

/** The services and the named volumes of a compose file. A volume knows the project that Docker prefixes its name with, where the file names one. */
export const readCompose: ReadDeclared = (file, bytes) => {
  const reading = readingOf(file);
  const text = textOf(bytes, reading);
  if (!text.ok) return text;
  const documents = readDocuments(text.value, reading);
  if (!documents.ok) return documents;
  const [document, other] = documents.value;
  if (!document || other) return reading.fail(document ? 'only one document (---) may stand in a compose file' : 'is empty', other?.line);
  const { services, volumes, name } = document.value;
  if (!isRecord(services)) return reading.fail('has no services: a compose file is a map with services', document.line);
  const project = textIn(name);
  const made = (type: string, of: unknown): Declared[] =>
    Object.entries(isRecord(of) ? of : {}).map(([key, value]) => ({
      format: 'compose',
      type,
      name: key,
      attributes: { ...(isRecord(value) ? value : {}), ...(type === 'volume' && project !== undefined && { project }) },
    }));
  return { ok: true, value: [...made('service', services), ...made('volume', volumes)] };
};
