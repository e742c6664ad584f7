/**
 * Prints the permissions boundary of the role that looks at AWS: every action that `rollcall grants --discover` asks for over all kinds and for a queue of events, on everything.
 *
 *   node scripts/aws-ceiling.ts > deploy/aws/watched-account/ceiling.json
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Printed {
  readonly connections: readonly {
    readonly grants: {
      readonly documents: readonly {
        readonly name: string;
        readonly document: { readonly Statement: readonly { readonly Action: string | string[] }[] };
      }[];
    };
  }[];
}

const printed = execFileSync(process.execPath, [`${ROOT}src/cli.ts`, '-c', 'config.yaml', 'grants', '--discover', '--json'], {
  cwd: `${ROOT}deploy/aws/watched-account/ceiling`,
  encoding: 'utf8',
});
const { connections } = JSON.parse(printed) as Printed;
const actions = connections.flatMap(({ grants }) =>
  grants.documents
    // Whom it trusts is no right of its own.
    .filter(({ name }) => name !== 'trust')
    .flatMap(({ document }) => document.Statement.flatMap(({ Action }) => Action)),
);
const Action = [...new Set(actions)].toSorted();
const Statement = [{ Sid: 'Look', Effect: 'Allow', Action, Resource: '*' }];
process.stdout.write(`${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`);
