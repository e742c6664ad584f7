import type { Loaded } from '../config/types.ts';
import { clean } from '../values/text.ts';
import type { SignersFiles } from './read-signing.ts';
import { readRule, type Rule } from './rule.ts';

const SHOWN = 10;

/** How the signers on the disk differ from those in force, in a sentence. `named`: whether config.yaml names any. */
export function describeSigners(inForce: Rule, disk: Loaded<SignersFiles> | undefined, named: boolean): string {
  if (!named || !disk) return 'config.yaml names no signers any more';
  if (!disk.ok) {
    const [first] = disk.complaints;
    return `the signers cannot be read: ${first ? `line ${first.line}: ${first.message}` : 'no reason is known'}`;
  }
  const [was, is] = [partsOf(inForce), partsOf(disk.value.rule)];
  const changes = [
    ...[...is].filter((part) => !was.has(part)).map((part) => `+ ${part}`),
    ...[...was].filter((part) => !is.has(part)).map((part) => `- ${part}`),
  ];
  const rest = changes.length > SHOWN ? `; and ${changes.length - SHOWN} more` : '';
  return `the signers are others: ${changes.slice(0, SHOWN).join('; ')}${rest}`;
}

function partsOf(rule: Rule): ReadonlySet<string> {
  const { lines, revoked } = readRule(rule).signers;
  return new Set([
    ...lines.map(({ line: _line, key, ...rest }) => clean(`${rest.principals} ${key.fingerprint}${terms(rest)}`, 200)),
    ...[...revoked].map((key) => `revoked ${key}`),
    ...Object.entries(rule.people).map(([person, principals]) => clean(`${person} is ${principals.join(', ')}`, 200)),
    ...rule.agents.map((agent) => `${agent} is a program`),
  ]);
}

function terms({ principals: _principals, ...rest }: Readonly<Record<string, unknown>>): string {
  const set = Object.entries(rest).filter(([, value]) => value !== false);
  return set.length === 0 ? '' : ` (${set.map(([key, value]) => `${key} ${String(value)}`).join(', ')})`;
}
