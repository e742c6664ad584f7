import type { Declared, Imported } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { accountOf } from './arn.ts';
import type { TerraformEntry } from './kind.ts';
import { awsKinds } from './kinds/index.ts';

/** What every kind makes of one instance of Terraform's state. Its account, where the ARN says one, tells which connection it belongs to. */
export function importFromTerraform({ format, type, name, attributes }: Declared): readonly Imported[] {
  if (format !== 'terraform') return [];
  return [...awsKinds.values()].flatMap(({ name: kind, terraform = {} }) => {
    const made = Object.hasOwn(terraform, type) ? (terraform[type]?.(attributes) ?? []) : [];
    return made.map((one): Imported => (typeof one === 'string' ? { skipped: one } : imported(kind, name, one)));
  });
}

function imported(of: string, declared: string, { arn, todo = [], ...proposal }: TerraformEntry): Imported {
  const account = accountOf(arn);
  const region = arn?.split(':')[3] ?? '';
  const entry = { ...proposal.entry, ...(region !== '' && { region }) };
  const pin = { ...(account !== undefined && { account }), ...proposal.pin };
  const facts = [`declared as ${clean(declared, 120)}`, ...(proposal.facts ?? [])];
  return {
    entry: { ...proposal, kind: 'found', of, label: proposal.name, entry, pin, facts },
    todo: [...todo, 'check that it is there (rollcall check): a state file says what was made, not what is left'],
    ...(account !== undefined && { on: { account } }),
  };
}
