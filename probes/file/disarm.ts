import type { AgentReach, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { AgentIdentity } from './schema.ts';
import type { FileTarget } from './job.ts';

/** Commands that take from an agent's account what it could destroy of these files. A task that must write gets a folder of its own. */
export async function disarm(_: unknown, __: readonly Wanted<FileTarget>[], { agent, reaches }: AgentReach): Promise<Grants> {
  const { uid } = agent.is as AgentIdentity;
  const statements = reaches.flatMap(({ what, ids, fix }) =>
    fix.map((run): GrantStatement => ({ at: 'this host', run, why: `uid ${uid} ${what} (${ids.join(', ')})` })),
  );
  const script = [
    '#!/bin/bash',
    `# Takes from uid ${uid} what it could destroy of the roll. Read every line, then run it as root; what a task must write goes to a folder of its own.`,
    'set -euo pipefail',
    ...statements.flatMap(({ run, why }) => [`# ${clean(why, 600)}`, run]),
  ];
  return { language: 'sh', role: String(uid), statements, script: `${script.join('\n')}\n` };
}
