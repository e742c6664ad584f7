import type { Loaded } from '../config/types.ts';
import type { Declared } from '../probe.ts';
import { isRecord, listIn, textIn } from '../values/raw.ts';
import { readDocuments, readingOf, textOf, type Part, type ReadDeclared, type Reading } from './declared-file.ts';

const VERSION = 4;
/** Attributes that hold secrets whether or not a provider marks them. */
const SECRET = /pass(?:word|wd|phrase)?|secret|token|private|credential|access_key|user_data|connection_string|certificate_pem|kubeconfig/i;

/** The managed resources of a state file of Terraform or OpenTofu (version 4), without what is marked as sensitive. */
export const readTerraform: ReadDeclared = (file, bytes) => {
  const reading = readingOf(file);
  const text = textOf(bytes, reading);
  if (!text.ok) return text;
  const state = parseJson(text.value, reading);
  if (!state.ok) return state;
  const { version, resources } = state.value.value;
  if (version !== VERSION)
    return reading.fail(
      'format_version' in state.value.value
        ? 'is what terraform show -json prints; give the state itself: terraform state pull > FILE'
        : `must be a state of version ${VERSION}, as Terraform since 0.12 and OpenTofu write it: terraform state pull > FILE`,
    );
  // A state of nothing has an empty list: anything else is no state, and an empty draft would hide it.
  if (!Array.isArray(resources))
    return reading.fail(
      `resources must be a list, as terraform state pull prints it; it is ${resources === undefined ? 'not there' : wordFor(resources)}`,
    );
  const odd = resources.findIndex((resource) => !isRecord(resource) || !Array.isArray(resource['instances']));
  if (odd !== -1) return reading.fail(`resources[${odd}] must be a map with a list of instances, as terraform state pull prints it`);
  return { ok: true, value: listIn(resources).flatMap((resource) => (isRecord(resource) ? instancesOf(resource) : [])) };
};

function wordFor(value: unknown): string {
  return value === null ? 'null' : typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

function instancesOf(resource: Readonly<Record<string, unknown>>): Declared[] {
  const [type, name, module] = [textIn(resource['type']), textIn(resource['name']), textIn(resource['module'])];
  // What is only read is managed elsewhere.
  if (resource['mode'] !== 'managed' || type === undefined || name === undefined) return [];
  return listIn(resource['instances']).flatMap((instance): Declared[] => {
    // Deposed: Terraform is about to delete it.
    if (!isRecord(instance) || !isRecord(instance['attributes']) || instance['deposed'] !== undefined) return [];
    const index = instance['index_key'];
    const suffix = index === undefined ? '' : `[${JSON.stringify(index)}]`;
    const address = `${module === undefined ? '' : `${module}.`}${type}.${name}${suffix}`;
    return [
      { format: 'terraform', type, name: address, attributes: withoutSecrets(instance['attributes'], instance['sensitive_attributes']) },
    ];
  });
}

/** A path of `sensitive_attributes` is a list of steps: what begins with a sensitive one goes as a whole. */
function withoutSecrets(attributes: Readonly<Record<string, unknown>>, sensitive: unknown): Readonly<Record<string, unknown>> {
  const marked = new Set(
    listIn(sensitive).flatMap((path) => {
      const [first] = listIn(path);
      return isRecord(first) ? [first['value']] : [];
    }),
  );
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !marked.has(key) && !SECRET.test(key)));
}

/** A state may be large: YAML, which knows every place, is asked only where JSON fails. */
function parseJson(text: string, reading: Reading): Loaded<Part> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const documents = readDocuments(text, reading);
    return documents.ok ? reading.fail('is not JSON, as a Terraform state is') : documents;
  }
  return isRecord(value) ? { ok: true, value: { value, line: 1 } } : reading.fail('must be a map with version and resources');
}
