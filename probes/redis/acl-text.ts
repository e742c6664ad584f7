import type { GrantStatement } from '../../src/probe.ts';
import { shellWord } from '../../src/values/shell-word.ts';
import { clean } from '../../src/values/text.ts';

/** Where the digest of a password is to be put: in the environment of whoever runs the script, never in its text. */
const DIGEST = '"#${ROLLCALL_SHA256:?}"';

/** `redis-cli` with these words, as a shell takes them; where the server is, is for the environment: an alias, or arguments added by hand. */
export function redisCli(...words: readonly string[]): string {
  return `redis-cli ${words.map(shellWord).join(' ')}`;
}

/** One user with exactly these rules, its password by digest. */
export function setUser(user: string, rules: readonly string[]): string {
  return `${redisCli('ACL', 'SETUSER', user, 'reset', 'on')} ${DIGEST} ${rules.map(shellWord).join(' ')}`;
}

/** The pattern that fits this key and hardly another: what is no plain character of a pattern stands for itself, a space for any one character. */
export function keyPattern(key: string): string {
  return `~${key.replace(/[\\*?[\]^]/g, String.raw`\$&`).replace(/\s/gu, '?')}`;
}

/** Statements as bash runs them, each of which must be answered with OK: redis-cli tells of a refusal, and ends as if all were well. */
export function aclScript(head: readonly string[], statements: readonly GrantStatement[]): string {
  const lines = [
    '#!/bin/bash',
    ...head,
    '# Run it where redis-cli reaches the server as somebody who may make users (REDISCLI_AUTH, or a function with -h, -p, --tls). The digest of',
    '# the password comes from the environment:',
    `#   ROLLCALL_SHA256=$(read -rs p && printf %s "$p" | sha256sum | cut -c1-64); export ROLLCALL_SHA256`,
    '# Afterwards ACL SAVE, or CONFIG REWRITE, keeps it over a restart; every replica and every node of a cluster is told on its own.',
    'set -euo pipefail',
    `ok() { local said; said=$("$@"); [[ $said == OK ]] || { printf '%s\\n' "$said" >&2; exit 1; }; }`,
    ...statements.flatMap(({ run, why }) => [`# ${clean(why, 800)}`, run.startsWith('redis-cli ') ? `ok ${run}` : run]),
  ];
  return `${lines.join('\n')}\n`;
}
