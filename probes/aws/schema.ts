import * as z from 'zod';
import { duration, secretRef, textOrSecret, webUrl } from '../../src/values/fields.ts';
import { readQueue, type Queue } from './events/queue.ts';

const region = () =>
  z
    .string()
    .regex(/^[a-z]{2,}(?:-[a-z0-9]+)*$/, 'must be a region such as eu-west-1')
    .max(40);

const queueText = () => z.string().min(1).max(400);

const connectionShape = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be the 12 digits of an account, in quotes')
    .optional()
    .describe('The account that must answer (sts:GetCallerIdentity): else everything is blind, wrong-caller. Not where `sts` is off.'),
  region: region().optional().describe('Region of what names none of its own.'),
  regions: z
    .array(region())
    .min(1)
    .max(40)
    .optional()
    .describe('Instead of `region`: the regions of the account; the first is that of what names none of its own.'),
  role_arn: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'must be the ARN of a role')
    .optional()
    .describe('A role to assume (default: the credentials are used as they are).'),
  external_id: secretRef().optional().describe('The external id that the role asks for, as a reference to a secret.'),
  access_key_id: textOrSecret(/^[\w-]{3,128}$/, 'an access key id, or a reference to a secret that holds one')
    .optional()
    .describe("Id of an access key (default: the SDK's chain: environment, shared files, SSO, web identity, container, instance)."),
  secret_access_key: secretRef().optional().describe('Its secret, as a reference to a secret.'),
  session_token: secretRef().optional().describe('The session token that belongs to it, as a reference to a secret.'),
  endpoint: webUrl().optional().describe("Where every API is asked: an emulator, or a store that speaks S3 (default: AWS's own)."),
  fips: z.boolean().default(false).describe('True: the FIPS endpoints (default false).'),
  dual_stack: z.boolean().default(false).describe('True: the endpoints that IPv6 reaches too (default false).'),
  path_style: z.boolean().default(false).describe('True: buckets in the path of an address and not in its host (default false).'),
  timeout: duration({ min: 100, max: 60_000 })
    .default(10_000)
    .describe('How long one call may take before what it was about is blind: timeout (default 10s). A whole look may take six times that.'),
  sts: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off: a store that speaks S3 and has no STS; `owner` or `canary` then says whose it is (default on).'),
  owner: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Where `sts` is off: the owner's id that the store must give with its list of buckets (ListBuckets, Owner.ID)."),
  canary: z
    .strictObject({
      bucket: z.string().min(3).max(63).describe('Its bucket.'),
      key: z.string().min(1).max(1024).describe('Its key.'),
      etag: z.string().min(1).max(200).describe('The ETag that it has, without quotes.'),
    })
    .optional()
    .describe('Where `sts` is off: an object of yours that nobody else has, and that must be there unchanged (HeadObject).'),
  events: z
    .strictObject({
      queue: queueText()
        .optional()
        .describe('URL or ARN of an SQS queue that EventBridge fills; it is received from, and never deleted from.'),
      queues: z.array(queueText()).min(1).max(40).optional().describe('Instead of `queue`: several, one for each region.'),
      region: region().optional().describe('Region of the queues, where their URLs do not say it (default: that of the connection).'),
    })
    .optional()
    .describe('What a message names is looked at at once; a message itself proves nothing (default: nobody is listened to).'),
});

/** Keys of an `aws` connection beyond `probe`. */
export const connectionSchema = connectionShape.superRefine((connection, context) => {
  const say = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
  const { account, sts, owner, canary, endpoint } = connection;
  if ((connection.region === undefined) === (connection.regions === undefined)) say('region', 'must be there, or `regions` instead of it');
  if ((connection.access_key_id === undefined) !== (connection.secret_access_key === undefined))
    say('secret_access_key', 'belongs to access_key_id: both or neither');
  if (connection.session_token && !connection.access_key_id) say('session_token', 'belongs to an access_key_id');
  if (connection.external_id && !connection.role_arn) say('external_id', 'belongs to a role_arn');
  if (endpoint !== undefined && (connection.fips || connection.dual_stack))
    say('endpoint', 'leaves fips and dual_stack without effect: take them out');
  for (const { path, queue } of readQueues(connection))
    if (typeof queue === 'string') context.addIssue({ code: 'custom', path: ['events', ...path], message: queue });
  if (sts === 'on') {
    if (account === undefined) say('account', 'must be the 12 digits of the account that has to answer');
    for (const key of ['owner', 'canary'] as const)
      if (connection[key] !== undefined) say(key, 'is for a store without STS (sts: off): here the account is asserted');
    return;
  }
  if (connection.events) say('events', 'are of AWS: a store without STS has no queue of them');
  if (account !== undefined) say('account', 'cannot be asserted without STS: say owner or canary');
  if (endpoint === undefined) say('endpoint', 'must be there where sts is off');
  if (!connection.access_key_id) say('access_key_id', 'must be there where sts is off');
  if (connection.role_arn) say('role_arn', 'cannot be assumed without STS');
  if ((owner === undefined) === (canary === undefined)) say('owner', 'must be there where sts is off, or canary instead of it');
});

/** The region that an entry says, where it is not the connection's. */
export const entryRegion = () =>
  region().optional().describe('Its region (default: that of the connection, the first where it has several).');

/** The account that an entry's identity may name. */
export const entryAccount = () =>
  z
    .string()
    .regex(/^\d{12}$/, 'must be 12 digits, in quotes')
    .optional()
    .describe('The account that holds it.');

/** A moment as the API tells it, in an identity. */
export const entryMoment = () =>
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/, 'must be a moment in UTC such as 2024-03-01T10:00:00.000Z, in quotes');

/** How loudly a weakened protection is paged. */
export const entrySeverity = () => z.enum(['critical', 'warning']).optional().describe('Of a weakened protection (default warning).');

/** How an agent is named to this probe. */
export const agentSchema = z.strictObject({
  role_arn: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]{1,512}$/, 'must be the ARN of a role, or of a user')
    .describe('the role that it runs as, or the user whose keys it has'),
});

export type AgentIdentity = z.output<typeof agentSchema>;
export type Connection = z.output<typeof connectionSchema>;

/** Where an entry without a region of its own is. */
export function homeRegion({ region, regions }: Pick<Connection, 'region' | 'regions'>): string {
  return region ?? regions?.[0] ?? '';
}

/** The queues that a connection is told of; none where it is told of none. */
export function queuesOf(connection: Connection): Queue[] {
  return readQueues(connection).flatMap(({ queue }) => (typeof queue === 'string' ? [] : [queue]));
}

/** Each with what is wrong with it instead, and where below `events` it stands. */
function readQueues(
  connection: z.output<typeof connectionShape>,
): { readonly path: (string | number)[]; readonly queue: Queue | string }[] {
  const { events, endpoint } = connection;
  if (!events) return [];
  const { queue, queues, region: said } = events;
  if ((queue === undefined) === (queues === undefined)) return [{ path: [], queue: 'must have a queue, or `queues` instead of it' }];
  const around = { region: said, home: homeRegion(connection), endpoint };
  const read = (queues ?? [queue ?? '']).map((text) => readQueue(text, around));
  const arns = read.map((one) => (typeof one === 'string' ? undefined : one.arn));
  return read.map((one, at) => ({
    path: queues ? ['queues', at] : ['queue'],
    queue: arns[at] !== undefined && arns.indexOf(arns[at]) < at ? 'is named twice: take one out' : one,
  }));
}
