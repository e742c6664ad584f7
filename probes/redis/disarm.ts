import type { AgentReach, GrantContext, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { aclScript, setUser } from './acl-text.ts';
import type { AgentIdentity, Connection } from './schema.ts';
import type { DatabaseTarget } from './target.ts';

/** Commands that take from an agent's user what it could destroy of these databases, and make a user for one task in its place: it reads. */
export async function disarm(
  _: Connection,
  __: readonly Wanted<DatabaseTarget>[],
  { agent, reaches }: AgentReach,
  { role }: Pick<GrantContext, 'role'>,
): Promise<Grants> {
  const { user } = agent.is as AgentIdentity;
  const task = role ?? `${user}_task`;
  const at = 'the server';
  const statements: GrantStatement[] = [
    {
      at,
      run: setUser(task, ['resetkeys', '%R~TASK:*', 'resetchannels', '-@all', '+@read', '-@dangerous', '+ping']),
      why: 'a user for one task: it reads the keys that begin as named in place of TASK: and writes none; add single commands where the task needs them',
    },
    ...reaches.flatMap(({ what, ids, fix }) => fix.map((run): GrantStatement => ({ at, run, why: `${user} ${what} (${ids.join(', ')})` }))),
  ];
  const head = [
    `# Makes ${clean(task, 80)} for one task, and takes from ${clean(user, 80)} what it could destroy of the roll. Read every line: work that is`,
    '# done today may rest on a command that is taken here.',
  ];
  return { language: 'sh', role: task, statements, script: aclScript(head, statements) };
}
