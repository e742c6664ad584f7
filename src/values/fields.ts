/**
 * The zod types of the values that stand in config.yaml and manifest.yaml, shared by `src/config/` and the probes' own schemas.
 * Each parses to the plain value (milliseconds, bytes, a fraction), words its own complaint, and carries what an editor needs for the
 * JSON Schema. None quotes what it refuses: a secret may have been pasted anywhere.
 */
import * as z from 'zod';
import { DURATION_PATTERN, formatDuration, parseDuration } from './duration.ts';
import { nearest } from './suggest.ts';
import type { SecretRef } from './secret.ts';
import { parseShare, SHARE_PATTERN } from './share.ts';
import { parseSize, SIZE_PATTERN } from './size.ts';

/** What a field is besides its value: where references to secrets stand, and which texts are paths relative to the config file's folder. */
export const fieldRoles = z.registry<{ readonly role: 'secret' | 'path' }>();

/** Which complaint a refused value earns where "a wrong value" would say too little; read by `src/config/`. */
type Fault = 'secret-in-clear' | 'password-in-url' | 'name';

const fail = (context: z.core.$RefinementCtx, message: string, fault?: Fault, path: string[] = []): never => {
  context.addIssue({ code: 'custom', message, path, ...(fault && { params: { fault } }) });
  return z.NEVER;
};

/** A text that `parse` turns into a number; `form` names the right form in the complaint, a number written without unit included. */
const measured = (
  pattern: RegExp,
  form: string,
  parse: (text: string) => number | undefined,
  bounds: (value: number) => string | undefined,
) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? undefined : `must be ${form}`) })
    .meta({ pattern: pattern.source })
    .transform((text, context): number => {
      const value = parse(text);
      if (value === undefined) return fail(context, `must be ${form}`);
      const wrong = bounds(value);
      return wrong === undefined ? value : fail(context, wrong);
    });

/** A duration (`500ms 5s 2m 26h 14d`) in milliseconds, within `min` and `max` where they are given (milliseconds, both included). */
export function duration(limits: { readonly min?: number; readonly max?: number } = {}) {
  const { min = 0, max = Number.POSITIVE_INFINITY } = limits;
  return measured(DURATION_PATTERN, 'a duration such as 500ms, 5s, 2m, 26h or 14d', parseDuration, (ms) => {
    if (ms < min) return `must be at least ${formatDuration(min)}`;
    return ms > max ? `must be at most ${formatDuration(max)}` : undefined;
  });
}

/** A size (`512KiB 1MiB 2GiB`) in bytes. */
export const size = () => measured(SIZE_PATTERN, 'a size such as 512KiB, 1MiB or 2GiB', parseSize, () => undefined);

/** A share (`5%`) as a fraction from 0 to 1. */
export const share = () => measured(SHARE_PATTERN, 'a share from 0% to 100%, such as 5%', parseShare, () => undefined);

/** A file or folder; `src/config/` hands a relative one on as an absolute path, taken from the config file's folder. */
export function path() {
  const field = z.string().min(1);
  fieldRoles.add(field, { role: 'path' });
  return field;
}

const FORMS = '{ credential: NAME }, { file: PATH } or { env: NAME }';
const NAMES = {
  credential: { pattern: /^(?!\.{1,2}$)[^/\0]{1,255}$/, form: 'a plain file name in $CREDENTIALS_DIRECTORY, without a slash' },
  file: { pattern: /^[^\0]+$/, form: 'the path of a file' },
  env: { pattern: /^[A-Za-z_][A-Za-z0-9_]*$/, form: 'the name of an environment variable' },
} as const;
const REF_KEYS = Object.keys(NAMES) as (keyof typeof NAMES)[];

const REF_SCHEMA = {
  oneOf: REF_KEYS.map((key) => ({
    type: 'object' as const,
    properties: { [key]: { type: 'string' as const, description: NAMES[key].form } },
    required: [key],
    additionalProperties: false,
  })),
};

function parseRef(raw: unknown, context: z.core.$RefinementCtx): SecretRef {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return fail(
      context,
      `must be a reference to a secret, never the secret itself: ${FORMS}`,
      raw === null ? undefined : 'secret-in-clear',
    );
  const entries = Object.entries(raw);
  const [entry] = entries;
  if (!entry || entries.length > 1) return fail(context, `must name exactly one place of a secret: ${FORMS}`);
  const key = REF_KEYS.find((known) => known === entry[0]);
  if (!key) {
    const meant = nearest(entry[0], REF_KEYS);
    if (meant) return fail(context, `is no reference to a secret; did you mean { ${meant}: … }?`);
    return fail(context, `must be a reference to a secret, never the secret itself: ${FORMS}`, 'secret-in-clear');
  }
  if (typeof entry[1] !== 'string' || !NAMES[key].pattern.test(entry[1]))
    return fail(context, `must be ${NAMES[key].form}`, undefined, [key]);
  return { [key]: entry[1] } as SecretRef;
}

/** A reference to a secret. A secret written in clear is refused, and not repeated in the complaint. */
export function secretRef() {
  const field = z.unknown().meta(REF_SCHEMA).transform(parseRef);
  fieldRoles.add(field, { role: 'secret' });
  return field;
}

function parseUrl(text: string, context: z.core.$RefinementCtx): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return fail(context, 'must be a URL that begins with http:// or https://');
  if (url.password || url.username) return fail(context, 'has a user or password in it; take it out of the URL', 'password-in-url');
  return text;
}

/** An http or https URL without a password. */
export const webUrl = () => z.string().meta({ format: 'uri' }).transform(parseUrl);

/** An http or https URL in clear, or a reference to a secret that holds one. */
export function webUrlOrSecret() {
  const field = z
    .unknown()
    .meta({ oneOf: [{ type: 'string', format: 'uri' }, ...REF_SCHEMA.oneOf] })
    .transform((raw, context): string | SecretRef => {
      if (typeof raw !== 'string') return parseRef(raw, context);
      return parseUrl(raw, context);
    });
  fieldRoles.add(field, { role: 'secret' });
  return field;
}

/** A text of the right form in clear, or a reference to a secret that holds one. `form` names the right form in the complaint. */
export function textOrSecret(pattern: RegExp, form: string) {
  const field = z
    .unknown()
    .meta({ oneOf: [{ type: 'string', pattern: pattern.source }, ...REF_SCHEMA.oneOf] })
    .transform((raw, context): string | SecretRef => {
      if (typeof raw !== 'string') return parseRef(raw, context);
      return pattern.test(raw) ? raw : fail(context, `must be ${form}`);
    });
  fieldRoles.add(field, { role: 'secret' });
  return field;
}

/** A name or id of at most `max` characters, fit for keys, file names and log lines. */
export function name(max = 80) {
  const form = `must begin with a letter or a digit and go on with letters, digits, ".", "_" or "-", at most ${max} characters in all`;
  const pattern = new RegExp(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,${max - 1}}$`);
  const params: { fault: Fault } = { fault: 'name' };
  return z
    .string()
    .meta({ pattern: pattern.source })
    .refine((text) => pattern.test(text), { error: form, params });
}
