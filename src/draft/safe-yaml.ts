import { isScalar, visit, type Document } from 'yaml';
import { clean, escapeUnsafe } from '../values/text.ts';

// oxlint-disable-next-line no-control-regex -- naming these characters is the purpose of the expression
const QUOTED = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** A comment from outside on one line: it can neither end nor begin another. */
export function commentLine(text: string, max = 300): string {
  return ` ${clean(text, max)}`;
}

/**
 * A document as text in which nothing from outside deceives: what drives a terminal, turns the direction of writing or is not seen at all
 * is written by its number, in double quotes. Comments must have come through `commentLine`.
 */
export function printYaml(document: Document): string {
  visit(document, {
    Scalar(_, scalar) {
      if (isScalar(scalar) && typeof scalar.value === 'string' && QUOTED.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  // Unfolded, so that a text is one line; what is replaced stands in double quotes, for everything else is plain.
  return escapeUnsafe(document.toString({ lineWidth: 0, minContentWidth: 0, singleQuote: true }));
}
