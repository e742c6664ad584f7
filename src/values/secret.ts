const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const MASK = '<secret>';

/** Where a secret is to be found; never the secret. `credential` is a file name in systemd's $CREDENTIALS_DIRECTORY. */
export type SecretRef = { readonly credential: string } | { readonly file: string } | { readonly env: string };

/** A value that prints as `<secret>` in logs, JSON, string interpolation and `util.inspect`; only `reveal()` gives it out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [INSPECT](): string {
    return MASK;
  }
}

/**
 * `text` with every one of the given secrets masked, in plain, percent-encoded and JSON-escaped form: error messages of drivers
 * quote connection strings. Secrets shorter than four characters are left (masking them would shred the text).
 */
export function redact(text: string, secrets: Iterable<string>): string {
  let out = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) out = out.replaceAll(form, MASK);
  }
  return out;
}
