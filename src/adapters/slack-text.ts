const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Text that Slack shows and never obeys, at most `max` characters after escaping: `& < >` escaped (so no `<!channel>`, no
 * `<url|label>`), and the bare words that some settings turn into mentions broken by an invisible character.
 */
export function slackText(text: string, max: number): string {
  const harmless = text.replace(/@(?=here\b|channel\b|everyone\b)/gi, '@\u2060');
  let out = '';
  for (const character of harmless) {
    const next = ESCAPES[character] ?? character;
    if (out.length + next.length > max - 1) return `${out}…`;
    out += next;
  }
  return out;
}

/** A link in Slack's markup, or undefined where the address is no http(s) URL that fits. */
export function slackLink(address: string | undefined, label: string): string | undefined {
  const url = address === undefined ? null : URL.parse(address);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.href.length > 1000) return undefined;
  return `<${url.href.replaceAll('&', '&amp;').replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E')}|${label}>`;
}
