/** What a share looks like; shared by the parser and the JSON Schemas. */
export const SHARE_PATTERN = /^(\d+(?:\.\d+)?)%$/;

/** A fraction from 0 to 1 of `5%`, or undefined where the text is no share or above 100%. */
export function parseShare(text: string): number | undefined {
  const match = SHARE_PATTERN.exec(text);
  const share = match ? Number(match[1]) / 100 : Number.NaN;
  return share <= 1 ? share : undefined;
}

/** `0.05` as `5%`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
