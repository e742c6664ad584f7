/** A URL taken apart: what may be handed to `fetch`, and what of it must never be printed. */
interface SecretUrl {
  /** Without user and password, which `fetch` refuses. */
  readonly href: string;
  /** Value of an Authorization header made of user and password. */
  readonly authorization?: string;
  /** Path, query and user parts that may be tokens, in every form a message could quote them. */
  readonly secrets: readonly string[];
}

/** Takes an http(s) URL apart; undefined where the text is none. The host stays printable: without it no error could be traced. */
export function parseSecretUrl(text: string): SecretUrl | undefined {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  const user = decode(url.username);
  const password = decode(url.password);
  const basic = user || password ? Buffer.from(`${user}:${password}`).toString('base64') : undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  const tail = url.pathname + url.search;
  const secrets = [
    ...(tail.length > 1 && url.pathname.split('/').some(tokenLike) ? [tail, url.pathname] : []),
    ...(url.search.length > 1 ? [url.search, url.search.slice(1)] : []),
    ...[...url.searchParams.values()].filter((value) => value.length > 3),
    ...url.pathname
      .split('/')
      .filter(tokenLike)
      .flatMap((part) => [part, decode(part)]),
    ...[user, password, basic ?? ''].filter((part) => part !== ''),
  ];
  return { href: url.href, secrets: [...new Set(secrets)], ...(basic ? { authorization: `Basic ${basic}` } : {}) };
}

/** Masking a word such as `hooks` or `ping` would shred messages; a token is long or carries a digit. */
function tokenLike(part: string): boolean {
  return part.length >= 8 || (part.length >= 4 && /\d/.test(part));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
