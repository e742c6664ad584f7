import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { HIDDEN_S } from '../../probes/aws/events/receive.ts';
import { aws } from '../../probes/aws/index.ts';
import { awsKinds } from '../../probes/aws/kinds/index.ts';
import { ROOT } from '../support/source-file.ts';
import { parseHcl, readTerraform, section, type TerraformModule } from '../support/terraform.ts';

const FOLDER = join(ROOT, 'deploy/aws');
const MODULES = ['events', 'ledger-bucket', 'watched-account', 'watcher'];

/** What deletes, and what is done before a deletion, as the rules of those who look for it name it (reference of incidents, §3a). */
const NAMES = [
  'DeleteDBInstance ModifyDBInstance DeleteDBCluster DeleteGlobalCluster DeleteDBSnapshot DeleteDBClusterSnapshot DeleteDBInstanceAutomatedBackup',
  'DeleteVolume DeleteSnapshot DeleteBucket PutBucketVersioning PutBucketLifecycle DeleteBucketPolicy DeleteBucketReplication',
  'DeleteBucketEncryption DeleteRecoveryPoint DeleteBackupVault DeleteBackupVaultLockConfiguration DeleteTable UpdateTable',
  'UpdateContinuousBackups DeleteFileSystem DisableKey ScheduleKeyDeletion DeleteImportedKeyMaterial DeleteRule DisableRule StopLogging',
  'DeleteTrail CloseAccount',
].flatMap((line) => line.split(' '));

const statement = z.object({
  effect: z.string().default('Allow'),
  actions: z.array(z.string()).default([]),
  not_actions: z.union([z.string(), z.array(z.string())]).default([]),
  resources: z.union([z.string(), z.array(z.string())]).default([]),
  principals: z.array(z.object({ type: z.string(), identifiers: z.union([z.string(), z.array(z.string())]) })).default([]),
  condition: z.array(z.object({ test: z.string(), variable: z.string(), values: z.union([z.string(), z.array(z.string())]) })).default([]),
});
const document = z.object({
  statement: z.array(statement).default([]),
  dynamic: z.object({ statement: z.array(z.object({ content: z.array(statement) })) }).optional(),
});

function statementsOf({ blocks }: TerraformModule, name: string): z.output<typeof statement>[] {
  const [found] = z.array(document).parse(section(section(blocks, 'data'), 'aws_iam_policy_document')[name]);
  assert.ok(found, name);
  return [...found.statement, ...(found.dynamic?.statement.flatMap(({ content }) => content) ?? [])];
}

describe('the Terraform for AWS', function () {
  this.timeout(120_000);
  const modules = new Map<string, TerraformModule>();
  before(async () => {
    for (const name of MODULES) modules.set(name, await readTerraform(join(FOLDER, name)));
  });
  const the = (name: string): TerraformModule => modules.get(name) ?? assert.fail(name);

  it('is these modules, each with a page that says what it is for', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((one) => one.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).toSorted(), MODULES);
    for (const name of MODULES) assert.ok(existsSync(join(FOLDER, name, 'README.md')), name);
  });

  it('refers to what is there, and declares nothing that is not used', () => {
    for (const [name, { declared, used, blocks }] of modules) {
      assert.ok(used.size > 3, name);
      assert.deepEqual(
        [...used].filter((one) => !declared.has(one)),
        [],
        name,
      );
      const resources = new Set(
        Object.entries(section(blocks, 'resource')).flatMap(([type, each]) =>
          Object.keys(each as object).map((label) => `${type}.${label}`),
        ),
      );
      assert.deepEqual(
        [...declared].filter((one) => !used.has(one) && !resources.has(one)),
        [],
        name,
      );
    }
  });

  it('is refused by the parser where it is no HCL', async () => {
    await assert.rejects(parseHcl('broken.tf', 'resource "aws_iam_role" "x" {'));
  });

  it('pins its provider and the version of Terraform', () => {
    for (const [name, { blocks }] of modules) {
      const [settings] = z
        .array(
          z.object({
            required_version: z.string(),
            required_providers: z.array(z.object({ aws: z.object({ source: z.string(), version: z.string() }) })),
          }),
        )
        .parse(blocks['terraform']);
      assert.match(settings?.required_version ?? '', /< 2/, name);
      assert.match(settings?.required_providers[0]?.aws.version ?? '', /^~> \d+\.\d+\.\d+$/, name);
    }
  });

  it('says of every variable and every output what it is', () => {
    for (const [name, { blocks }] of modules)
      for (const kind of ['variable', 'output'])
        for (const [label, found] of Object.entries(section(blocks, kind))) {
          const [{ description } = { description: '' }] = z.array(z.object({ description: z.string() })).parse(found);
          assert.ok(description.length > 10, `${name}: ${label}`);
        }
  });

  it('hands to each template what that asks for, and nothing else', () => {
    const { blocks, templates } = the('watcher');
    const locals = JSON.stringify(blocks['locals']);
    for (const [name, text] of templates) {
      const call = new RegExp(String.raw`/${name.replaceAll('.', '\\.')}\\", \{(.*?)\}\)`).exec(locals)?.[1] ?? assert.fail(name);
      const given = [...call.matchAll(/(?:^|\\n|\{ ?|, )\s*(\w+)\s*= /g)].map(([, key]) => key ?? '');
      const loops = [...text.matchAll(/%\{ for (\w+), (\w+) in (\w+) ~?\}/g)];
      const inner = new Set(loops.flatMap(([, key, value]) => [key, value]));
      const asked = [
        ...[...text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, key]) => key ?? ''),
        ...loops.map(([, , , over]) => over ?? ''),
        ...[...text.matchAll(/%\{ if (\w+)/g)].map(([, key]) => key ?? ''),
      ].filter((key) => !inner.has(key));
      assert.deepEqual([...new Set(given)].toSorted(), [...new Set(asked)].toSorted(), name);
    }
  });

  it('listens for every call that deletes, and for what comes before one', () => {
    const [locals] = z.array(z.object({ calls: z.record(z.string(), z.array(z.string())) })).parse(the('events').blocks['locals']);
    const heard = new Set(Object.values(locals?.calls ?? {}).flat());
    assert.deepEqual(
      NAMES.filter((name) => !heard.has(name)),
      [],
    );
    const rules = JSON.stringify(the('events').blocks['locals']);
    for (const native of ['RDS DB Instance Event', 'RDS DB Cluster Event', 'EBS Volume Notification', 'deleteVolume'])
      assert.ok(rules.includes(native), native);
  });

  it('listens to no service that the watcher has no word for', () => {
    const [locals] = z.array(z.object({ calls: z.record(z.string(), z.array(z.string())) })).parse(the('events').blocks['locals']);
    const heard = new Set([...awsKinds.values()].flatMap((kind) => kind.heard.services));
    const unheard = Object.keys(locals?.calls ?? {}).filter((source) => !heard.has(source.replace('.amazonaws.com', '')));
    // Of the watch, the account and its organisation there is nothing on the roll to look at: they are in the queue for whoever reads it.
    assert.deepEqual(
      unheard.toSorted(),
      ['account', 'cloudtrail', 'events', 'organizations'].map((name) => `${name}.amazonaws.com`),
    );
    assert.deepEqual(
      [...heard].filter((service) => !Object.keys(locals?.calls ?? {}).includes(`${service}.amazonaws.com`)),
      [],
    );
  });

  it('has a queue that hides what was received for as long as it lives, since nobody may delete', () => {
    const [queue] = z
      .array(z.record(z.string(), z.unknown()))
      .parse(section(section(the('events').blocks, 'resource'), 'aws_sqs_queue')['events']);
    assert.equal(queue?.['visibility_timeout_seconds'], queue?.['message_retention_seconds']);
    // What the watcher asks for itself when it receives is no shorter than a message can live.
    const [{ validation }] = z
      .tuple([z.object({ validation: z.array(z.object({ condition: z.string() })) })])
      .parse(section(the('events').blocks, 'variable')['retention_seconds']);
    assert.match(validation[0]?.condition ?? '', new RegExp(`<= ${HIDDEN_S}\\b`));
    assert.deepEqual(
      statementsOf(the('watched-account'), 'events').map(({ actions }) => actions),
      [['sqs:ReceiveMessage']],
    );
  });

  it('gives the watcher nothing with a wildcard, and nothing that changes what it watches', () => {
    const allowed = statementsOf(the('watcher'), 'watcher').filter(({ effect }) => effect === 'Allow');
    const actions = allowed.flatMap((one) => one.actions);
    assert.ok(actions.length > 5);
    for (const action of actions) {
      assert.doesNotMatch(action, /\*/);
      assert.match(action, /:(?:Get|BatchGet|Decrypt|AssumeRole$)|^s3:PutObject$/, action);
    }
    for (const { actions: some, resources } of allowed) assert.ok(!JSON.stringify(resources).includes('*'), some.join());
    const denial = statementsOf(the('watcher'), 'watcher').find(({ effect }) => effect === 'Deny');
    assert.deepEqual([denial?.not_actions, denial?.resources], ['${local.allowed}', ['*']]);
    const locals = z.array(z.object({ allowed: z.array(z.string()).optional() })).parse(the('watcher').blocks['locals']);
    const named = locals.flatMap(({ allowed: names = [] }) => names);
    assert.deepEqual([...new Set([...actions, 'sts:GetCallerIdentity'])].toSorted(), named.toSorted());
  });

  it('trusts one role that knows the external id', () => {
    const [trust, ...more] = statementsOf(the('watched-account'), 'trust');
    assert.deepEqual(more, []);
    assert.deepEqual(trust?.principals, [{ type: 'AWS', identifiers: ['${var.watcher_role_arn}'] }]);
    assert.deepEqual(trust.condition, [{ test: 'StringEquals', variable: 'sts:ExternalId', values: ['${var.external_id}'] }]);
  });

  it('has a ceiling of exactly what rollcall grants prints for every kind', () => {
    const folder = join(FOLDER, 'watched-account');
    const { resources } = z
      .object({ resources: z.array(z.object({ kind: z.string() })) })
      .parse(parse(readFileSync(join(folder, 'ceiling/manifest.yaml'), 'utf8')));
    const kinds = new Set(resources.map(({ kind }) => kind));
    assert.deepEqual(
      [...aws.kinds.keys()].filter((kind) => !kinds.has(kind)),
      [],
      'not in ceiling/manifest.yaml',
    );
    const made = execFileSync(process.execPath, [join(ROOT, 'scripts/aws-ceiling.ts')], { encoding: 'utf8' });
    const { Statement } = z
      .object({ Statement: z.tuple([z.object({ Action: z.array(z.string()), Resource: z.literal('*') })]) })
      .parse(JSON.parse(made));
    assert.deepEqual(
      JSON.parse(readFileSync(join(folder, 'ceiling.json'), 'utf8')),
      JSON.parse(made),
      'node scripts/aws-ceiling.ts > .../ceiling.json',
    );
    assert.ok(Statement[0].Action.length > 15);
    for (const action of Statement[0].Action)
      assert.match(action, /^[a-z0-9-]+:(?:Describe|Get|Head|List|Query|Receive|Simulate)[a-zA-Z]*$/);
  });

  it('lets nobody in to the instance, and nothing reach its metadata from a hop away', () => {
    const resources = section(the('watcher').blocks, 'resource');
    assert.deepEqual(
      Object.keys(resources).filter((type) => /ingress|security_group_rule/.test(type)),
      [],
    );
    const [group] = z.array(z.looseObject({ ingress: z.never().optional() })).parse(section(resources, 'aws_security_group')['watcher']);
    assert.ok(group);
    const [instance] = z
      .array(
        z.object({
          key_name: z.never().optional(),
          metadata_options: z.tuple([z.object({ http_tokens: z.string(), http_put_response_hop_limit: z.int() })]),
        }),
      )
      .parse(section(resources, 'aws_instance')['watcher']);
    assert.deepEqual(instance?.metadata_options[0], { http_tokens: 'required', http_put_response_hop_limit: 1 });
  });

  it('keeps the state and the heads when everything else is destroyed', () => {
    const kept = [
      ['watcher', 'aws_ebs_volume', 'state'],
      ['ledger-bucket', 'aws_s3_bucket', 'heads'],
    ] as const;
    for (const [name, type, label] of kept) {
      const [found] = z
        .array(z.object({ lifecycle: z.tuple([z.object({ prevent_destroy: z.boolean() })]) }))
        .parse(section(section(the(name).blocks, 'resource'), type)[label]);
      assert.equal(found?.lifecycle[0].prevent_destroy, true, name);
    }
  });

  it('lets the writer of heads put, and denies it everything else', () => {
    const [put, denial] = statementsOf(the('ledger-bucket'), 'heads');
    assert.deepEqual([put?.effect, put?.actions], ['Allow', ['s3:PutObject']]);
    assert.deepEqual([denial?.effect, denial?.not_actions], ['Deny', ['s3:PutObject']]);
    assert.deepEqual(put?.principals, denial?.principals);
    const lock = JSON.stringify(section(the('ledger-bucket').blocks, 'resource')['aws_s3_bucket_object_lock_configuration']);
    assert.match(lock, /"mode":"COMPLIANCE"/);
  });

  it('boots by scripts that do not go on after a failure', () => {
    for (const [name, text] of the('watcher').templates)
      if (name.endsWith('.sh.tftpl')) assert.match(text, /^#!\/bin\/bash\n(?:#.*\n)+set -e?uo pipefail\n/, name);
    assert.match(
      the('watcher').templates.get('boot.sh.tftpl') ?? '',
      /if \[\[ \$status == 2 \]\]; then mkfs/,
      'only what never held a file system gets one',
    );
  });
});
