import type { AgentReach, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { putPolicy } from './denial.ts';
import { ESCALATIONS, harmsOf } from './harms.ts';
import type { AwsTarget } from './kind.ts';
import { policiesFor } from './policy-document.ts';
import { nameOf } from './principal.ts';
import { homeRegion, type AgentIdentity, type Connection } from './schema.ts';

/** A denial for the whole roll, what closes the ways around it that the audit found, and a role of the size of a task. */
export async function disarm(
  connection: Connection,
  wanted: readonly Wanted<AwsTarget>[],
  { agent, reaches }: AgentReach,
): Promise<Grants> {
  const { role_arn: arn } = agent.is as AgentIdentity;
  const [, partition = 'aws', , , account = ''] = arn.split(':');
  const at = `account ${account}`;
  const reached = new Set(reaches.flatMap(({ ids }) => ids));
  const place = (target: AwsTarget) => ({ partition, account: connection.account ?? '', region: target.region ?? homeRegion(connection) });
  const rights = [
    ...wanted
      .filter(({ id }) => reached.has(id))
      .flatMap(({ target }) => harmsOf(target, place(target)))
      .map(({ action, on }) => ({ right: action, on })),
    ...(reached.size > 0 ? ESCALATIONS.map((right) => ({ right, on: '*' })) : []),
  ];
  const { documents } = policiesFor(rights, place({ kind: '', region: undefined, key: '' }), { effect: 'Deny' });
  const denied = documents
    .filter(({ Statement }) => Statement.length > 0)
    .map((document, nth): GrantStatement => {
      return {
        at,
        run: putPolicy(arn, `rollcall-keeps-off-${nth + 1}`, JSON.stringify(document)),
        why: `${nameOf(arn)} may do to the roll nothing that deletes or weakens, whatever else allows it`,
      };
    });
  // What a role of somebody else's may do stays, and the way to it is closed; an administrator's rights only a person can size.
  const ways = reaches
    .filter(({ right }) => right === 'assume' || right === 'admin')
    .flatMap(({ what, ids, fix, as }) => fix.map((run): GrantStatement => ({ at, run, why: `${as} ${what} (${ids.join(', ')})` })));
  const task = taskRole(arn, at);
  const statements = [...new Map([...denied, ...ways, ...task].map((one) => [one.run, one])).values()];
  const script = [
    '#!/bin/bash',
    `# Takes from ${clean(arn, 200)} what it could destroy of the roll, and makes a role for one task beside it. Read every line: work that is done today may`,
    '# rest on a right that is denied here. Run it with credentials that may write IAM.',
    'set -euo pipefail',
    ...statements.flatMap(({ run, why }) => [`# ${clean(why, 600)}`, run]),
  ];
  return { language: 'sh', role: nameOf(arn), statements, script: `${script.join('\n')}\n` };
}

/** A role of the size of a task: it reads, for an hour, and what it is to change a person adds. */
function taskRole(arn: string, at: string): GrantStatement[] {
  const name = `${nameOf(arn).slice(0, 59)}-task`;
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' }] };
  const [, partition] = arn.split(':');
  return [
    {
      at,
      run: `aws iam create-role --role-name ${name} --max-session-duration 3600 --assume-role-policy-document '${JSON.stringify(trust)}'`,
      why: 'a role for one task, which it becomes for an hour',
    },
    {
      at,
      run: `aws iam attach-role-policy --role-name ${name} --policy-arn arn:${partition}:iam::aws:policy/job-function/ViewOnlyAccess`,
      why: 'it sees what is there and reads no data; what the task is to change is for you to add, by ARN',
    },
  ];
}
