import * as z from 'zod';
import type { Probe } from '../probe.ts';
import { duration, name, path, secretRef, textOrSecret, webUrl, webUrlOrSecret } from '../values/fields.ts';
import { ledgerSchema } from './ledger-schema.ts';
import { tokensSchema } from './tokens-schema.ts';
import { watchdogSchema } from './watchdog-schema.ts';
import { cadence, isLoopback, LONGEST, type IsCron } from './fields.ts';

/** The shortest sweep a resource may have, ms; an inspection is dearer. */
const SHORTEST_SWEEP = 100;
const SHORTEST_INSPECT = 1000;
const MINUTE = 60_000;

/** Keys, probes and pager types that CONTRACT.md has and this version does not: refused by name, not merely unknown. */
export const PLANNED_CONFIG: ReadonlySet<string> = new Set(['probe=aws']);

/** `confirm`, as it stands in the defaults and in a resource. */
export const confirm = () =>
  z
    .int()
    .min(1)
    .max(100)
    .describe('how many bad looks (of one more) make a page, and how many good ones in a row unmake it; the second look comes at once');

export const severity = () => z.enum(['critical', 'warning']);

export const sweep = (isCron: IsCron) =>
  cadence(isCron, SHORTEST_SWEEP).describe(
    'how often everything behind a connection is looked at cheaply: presence, identity, level signals',
  );
export const inspect = (isCron: IsCron) =>
  cadence(isCron, SHORTEST_INSPECT).describe('how often a resource is looked into: counts, contents, protections');
export const blindAfter = () =>
  duration({ min: 1000, max: LONGEST }).describe(
    'how long a resource may be out of sight before that is paged; not shorter than the sweep',
  );

const timeout = () =>
  duration({ min: 100, max: 2 * MINUTE })
    .default(10_000)
    .describe('how long one attempt to deliver may take (default 10s)');

const mailAddress = () =>
  z
    .string()
    .max(254)
    .regex(/^[\w!#$%&'*+/=?^`{|}~.-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$/, {
      error: 'must be a mail address such as ops@example.org, without a name',
    });

const email = z
  .strictObject({
    type: z.literal('email').describe('mail by SMTP, plain text'),
    host: z
      .string()
      .regex(/^[a-zA-Z0-9.:_-]{1,253}$/, { error: 'must be the name or the address of a mail server' })
      .describe('the mail server that takes the mails in'),
    port: z.int().min(1).max(65_535).optional().describe('its port (default 587; 465 where tls is implicit, 25 where it is off)'),
    tls: z
      .enum(['starttls', 'implicit', 'off'])
      .default('starttls')
      .describe('starttls (default): nothing is said but over TLS; implicit: TLS from the first byte; off: only on loopback'),
    ca: path().optional().describe("PEM file of the authorities to trust (default: the system's)"),
    user: z.string().min(1).max(320).optional().describe('user to log in as; without it nobody logs in'),
    password: secretRef().optional().describe("the user's password, as a reference to a secret"),
    from: mailAddress().describe("the sender's address"),
    to: z.array(mailAddress()).min(1).max(50).describe('addresses, all of which get the mail'),
    timeout: timeout(),
  })
  .superRefine(({ host, tls, user, password }, context) => {
    const say = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
    if (tls === 'off' && !isLoopback(host))
      say('tls', 'must be starttls or implicit: in clear only a server on this machine may be spoken to');
    if (user !== undefined && password === undefined) say('password', 'is missing beside user');
    if (user === undefined && password !== undefined) say('user', 'is missing beside password');
  });

const pager = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('pagerduty').describe('PagerDuty, Events API v2'),
    routing_key: secretRef().describe("the integration's routing key, as a reference to a secret"),
    endpoint: webUrl().default('https://events.pagerduty.com').describe('where the Events API is (default https://events.pagerduty.com)'),
    api_key: secretRef()
      .optional()
      .describe(
        'a REST API key that can only read, as a reference to a secret: with it, what people acknowledge in PagerDuty stops the repeats here',
      ),
    api_endpoint: webUrl().default('https://api.pagerduty.com').describe('where the REST API is (default https://api.pagerduty.com)'),
    timeout: timeout(),
  }),
  z.strictObject({
    type: z.literal('slack').describe('Slack, Web API'),
    token: secretRef().describe("the bot's token, as a reference to a secret"),
    channel: z.string().min(1).max(100).describe("the channel's id"),
    endpoint: webUrl()
      .refine((url) => url.endsWith('/api/'), { error: 'must end in /api/' })
      .default('https://slack.com/api/')
      .describe('root of the Web API, ending in /api/ (default https://slack.com/api/)'),
    timeout: timeout(),
  }),
  z.strictObject({
    type: z.literal('webhook').describe('any receiver of Standard Webhooks'),
    url: webUrlOrSecret().describe('where the page is sent: a URL, or a reference to a secret that holds it'),
    secret: z
      .union([secretRef(), z.array(secretRef()).min(1).max(5)])
      .optional()
      .describe('the signing secret (whsec_…) as a reference, or a list of them while one replaces another; unsigned without it'),
    timeout: timeout(),
  }),
  z.strictObject({
    type: z.literal('alertmanager').describe('Alertmanager, API v2'),
    urls: z
      .array(webUrlOrSecret())
      .min(1)
      .max(10)
      .describe('every replica, never a load balancer before them: URLs, or references to secrets that hold them'),
    timeout: timeout(),
  }),
  email,
  z.strictObject({
    type: z.literal('ntfy').describe('ntfy, JSON publishing'),
    server: webUrl().default('https://ntfy.sh').describe('where ntfy is (default https://ntfy.sh)'),
    topic: textOrSecret(/^[-_A-Za-z0-9]{1,64}$/, 'up to 64 letters, digits, "-" or "_"').describe(
      'the topic, or a reference to a secret that holds it: where everybody may read, its name is the password',
    ),
    token: secretRef().optional().describe('access token, as a reference to a secret; none where the topic is open to write'),
    timeout: timeout(),
  }),
  z.strictObject({
    type: z.literal('command').describe('a program of your own'),
    program: path().describe('an executable file; no shell is asked'),
    args: z
      .array(
        z
          .string()
          .max(4096)
          .regex(/^[^\0]*$/, { error: 'must not hold a NUL' }),
      )
      .max(50)
      .default([])
      .describe('its arguments, as they are; everybody on this machine can read them, so no secret (default none)'),
    timeout: timeout(),
  }),
  z.strictObject({ type: z.literal('console').describe("the daemon's standard output") }),
]);

const accept = (strengths: readonly [string, ...string[]]) => ({
  accept: z
    .array(z.enum(strengths))
    .optional()
    .describe('what its credential may do beyond looking, although rollcall audit finds it too strong (default: nothing)'),
});

/** An agent: its name, and who it is to each probe that has a word for that. */
function agent(probes: ReadonlyMap<string, Probe>) {
  const identities = [...probes.values()].flatMap((probe) =>
    probe.agent ? [[probe.name, probe.agent.optional().describe(`who it is to the probe ${probe.name}`)] as const] : [],
  );
  return z
    .strictObject({ name: name(40).describe('how it is called in pages and audits'), ...Object.fromEntries(identities) })
    .refine((given) => Object.keys(given).length > 1, { error: 'must say who it is to at least one probe' });
}

/** One connection: its probe's own keys beside `probe`. */
function connection(probes: ReadonlyMap<string, Probe>) {
  const options = [...probes.values()].map((probe) =>
    probe.connection
      .safeExtend({ probe: z.literal(probe.name).describe('which probe looks'), ...(probe.strengths && accept(probe.strengths)) })
      .strict(),
  );
  return z.discriminatedUnion('probe', options as [z.ZodObject<{ probe: z.ZodLiteral<string> }>]);
}

const principal = () =>
  z
    .string()
    .max(200)
    .regex(/^[!-~]+$/, { error: 'must be a principal as allowed_signers has it' })
    .regex(/^[^*?!,"]+$/, { error: 'must be one principal, neither a list nor a pattern' });

const signersFile = () => path().describe("OpenSSH's allowed_signers: who may sign, and from when to when");

/** The file alone, or with what OpenSSH's format has no word for. */
const signers = z.union([
  signersFile(),
  z.strictObject({
    allowed: signersFile(),
    revoked: path().optional().describe('keys that count no more: public keys, one a line (default none)'),
    people: z
      .record(name(), z.array(principal()).min(1))
      .default({})
      .describe('people who sign under several principals, by name; every other principal is somebody by its own name (default none)'),
    agents: z.array(principal()).default([]).describe('principals that are programs: their signatures never count (default none)'),
  }),
]);

/** The whole of config.yaml (CONTRACT §2): shape and single values. References between its parts are checked by `readConfig`. */
export function configSchema(probes: ReadonlyMap<string, Probe>, isCron: IsCron) {
  return z.strictObject({
    watchdog: watchdogSchema().describe('the watcher itself'),
    manifest: path().describe('path of the manifest: what must exist'),
    signers: signers.optional().describe('who signs the manifest; without it anybody who can write the file decides what is watched'),
    connections: z.record(name(), connection(probes)).describe('how this watcher reaches each provider, by name'),
    defaults: z
      .strictObject({
        sweep: sweep(isCron).default({ every: 2000 }),
        inspect: inspect(isCron).default({ every: MINUTE }),
        confirm: confirm().default(2),
        blind_after: blindAfter().default(2 * MINUTE),
        repeat: duration({ min: MINUTE, max: LONGEST })
          .default(15 * MINUTE)
          .describe('how often an open page is repeated until somebody acknowledges it; at least 1m'),
      })
      .prefault({})
      .describe(
        'what holds for every resource that does not say otherwise: { sweep: 2s, inspect: 60s, confirm: 2, blind_after: 2m, repeat: 15m }',
      ),
    pagers: z.record(name(), pager).describe('who is told, by name'),
    routes: z
      .array(
        z.strictObject({
          severity: severity().optional().describe('which pages this route takes; every page without it'),
          pagers: z.array(z.string()).min(1).describe('names of pagers, all of which get the page'),
          fallback: z.array(z.string()).min(1).optional().describe('pagers called in where the others have not accepted in time'),
          fallback_after: duration({ min: 1000, max: LONGEST })
            .default(2 * MINUTE)
            .describe('how long the others have before the fallback is called in (default 2m)'),
          escalate: z
            .array(
              z.strictObject({
                after: duration({ min: 1000, max: LONGEST }).describe('how long after the first page, unless somebody acknowledged'),
                pagers: z.array(z.string()).min(1).describe('pagers called in then'),
              }),
            )
            .optional()
            .describe('who is called in as time goes by without an acknowledgement'),
        }),
      )
      .describe('which page goes to which pagers; the first match wins'),
    heartbeat: z
      .strictObject({
        url: z
          .union([webUrlOrSecret(), z.array(webUrlOrSecret()).min(1).max(2)])
          .describe(
            "the check's ping address (healthchecks.io protocol): a URL, or a reference to a secret that holds it; or two of them, of two services",
          ),
        every: duration({ min: 1000, max: LONGEST }).default(30_000).describe('how often it is told that the watcher lives (default 30s)'),
      })
      .optional()
      .describe("a dead man's switch elsewhere that alarms when this watcher falls silent"),
    agents: z
      .array(agent(probes))
      .max(100)
      .default([])
      .describe('whom the watcher must have nothing in common with, and whose reach over the roll is audited (default: nobody)'),
    claims: z
      .record(name(40), secretRef())
      .optional()
      .describe(
        'who may report to this watcher (agents, pipelines), by name, each with a write-only token of its own as a reference to a secret; what they say is shown in pages and never believed',
      ),
    ledger: ledgerSchema().optional().describe('where old entries of the ledger go, and who bears witness to it'),
    requests: z
      .strictObject({
        approvals: path()
          .optional()
          .describe('folder in which signed approvals arrive as files (*.approval.json), by git for instance (default none)'),
        requesters: z
          .record(
            name(40),
            z.strictObject({
              kind: z
                .enum(['human', 'agent'])
                .describe('a person, by the name that signers has for them: they cannot approve what they ask; or a program'),
              token: secretRef().describe('a token of their own, which asks and reads nothing else'),
            }),
          )
          .default({})
          .describe('who may ask over HTTP for what people then approve, by name (default nobody)'),
      })
      .optional()
      .describe('changes that people approve before they count; needs signers'),
    tokens: tokensSchema()
      .default({})
      .describe('who may speak to the HTTP interface, by name: made by rollcall token, kept here as digests (default nobody)'),
  });
}
