import type { Found } from '../../src/probe.ts';
import { matchesPart } from './glob.ts';
import type { FileTarget } from './job.ts';

/** Whether a resource of the roll means what was found: the same path, or a pattern that takes in the newest file of the set. */
export function covers(target: FileTarget, { entry, aliases = [] }: Found): boolean {
  if (target.is === 'volume') return target.path.replace(/(?<=.)\/+$/, '') === entry['path'];
  return target.pattern === entry['path'] || aliases.some((path) => matchesPath(path, target.pattern));
}

function matchesPath(path: string, pattern: string): boolean {
  const [parts, patterns] = [path.split('/'), pattern.split('/')];
  return parts.length === patterns.length && parts.every((part, nth) => part === patterns[nth] || matchesPart(part, patterns[nth] ?? ''));
}
