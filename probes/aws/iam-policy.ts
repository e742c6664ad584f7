import { BadAnswer } from './errors.ts';

/** One statement of a policy, as far as it says what may be done. Lists, whether the policy has one or a single text. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Whom a trust policy names: ARNs, account ids, `*`; names of services. */
  readonly principals: readonly string[];
  readonly services: readonly string[];
  /** Whom it leaves out, where it names all others so. */
  readonly notPrincipals: readonly string[];
  /** True where it holds only under conditions, which are not judged here. */
  readonly conditional: boolean;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * Reads a policy document, percent-encoded as IAM hands it out or plain.
 * @throws BadAnswer where it is none: what cannot be read must not pass for harmless.
 */
export function readPolicy(text: string): Statement[] {
  const document = parsed(text);
  const found = document['Statement'];
  return (Array.isArray(found) ? (found as unknown[]) : [found]).map(readStatement);
}

function parsed(text: string): Raw {
  try {
    const value: unknown = JSON.parse(text.trimStart().startsWith('{') ? text : decodeURIComponent(text));
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw new BadAnswer('a policy document is no JSON object');
}

function readStatement(raw: unknown): Statement {
  if (!isRecord(raw)) throw new BadAnswer('a statement of a policy is no object');
  const effect = raw['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new BadAnswer('a statement of a policy neither allows nor denies');
  const condition = raw['Condition'];
  const principal = raw['Principal'];
  const named = isRecord(principal) ? principal : { AWS: principal };
  const left = raw['NotPrincipal'];
  return {
    effect,
    actions: texts(raw['Action']),
    notActions: texts(raw['NotAction']),
    resources: texts(raw['Resource']),
    notResources: texts(raw['NotResource']),
    principals: texts(named['AWS']),
    services: texts(named['Service']),
    notPrincipals: isRecord(left) ? Object.values(left).flatMap(texts) : texts(left),
    // Whom NotPrincipal leaves out is not worked out either.
    conditional: (isRecord(condition) && Object.keys(condition).length > 0) || raw['NotPrincipal'] !== undefined,
  };
}

function texts(value: unknown): string[] {
  if (value === undefined) return [];
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  if (!all.every((one): one is string => typeof one === 'string')) throw new BadAnswer('a statement of a policy holds what is no text');
  return all;
}

function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
