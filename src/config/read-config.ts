import { dirname, isAbsolute, join, resolve } from 'node:path';
import type * as z from 'zod';
import type { Probe } from '../probe.ts';
import type { SecretRef } from '../values/secret.ts';
import { formatPath, type Finding, type Path } from './complaint.ts';
import { configReferences } from './config-references.ts';
import { configSchema, PLANNED_CONFIG } from './config-schema.ts';
import { readDocument, type YamlFile } from './document.ts';
import { explain, wording } from './explain.ts';
import type { IsCron } from './fields.ts';
import { complaintsOf, isMap } from './findings.ts';
import { rawAt, roleFields } from './shape.ts';
import type { AnchorConfig, Config, Connection, Loaded, PagerConfig, SecretPlace, SignersConfig } from './types.ts';

export interface ConfigInput {
  /** As the user named it: complaints repeat it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Only `STATE_DIRECTORY` is read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly probes: ReadonlyMap<string, Probe>;
  /** The working directory, absolute: `file` is taken from it, and the default state folder lies in it. */
  readonly baseDir: string;
  readonly isCron: IsCron;
}

type Parsed = z.output<ReturnType<typeof configSchema>>;

/** Makes every relative path of the file absolute, from the file's own folder. Works in place: the raw value is this reader's alone. */
function anchorPaths(raw: unknown, schema: z.core.$ZodType, folder: string): void {
  for (const { path, role, value } of roleFields(schema, raw)) {
    const file = role === 'path' ? path : [...path, 'file'];
    if (role === 'secret' && !(isMap(value) && 'file' in value)) continue;
    const text = rawAt(raw, file);
    const holder = rawAt(raw, file.slice(0, -1));
    // An anchor's map is one object for all its aliases; once absolute, a path stays as it is.
    if (typeof text === 'string' && text !== '' && !isAbsolute(text))
      (holder as Record<string, unknown>)[String(file.at(-1))] = join(folder, text);
  }
}

function secretPlaces(raw: unknown, schema: z.core.$ZodType, yaml: YamlFile): SecretPlace[] {
  return [...roleFields(schema, raw)]
    .filter(({ role, value }) => role === 'secret' && isMap(value))
    .map(({ path, value }) => {
      const { line, column } = yaml.place({ path, message: '', code: 'RC_SECRET_UNREADABLE' });
      return { ref: value as SecretRef, path: formatPath(path), line, column };
    });
}

/**
 * config.yaml (CONTRACT §2) from its bytes: typed and with defaults, or every complaint at once in the order of the file.
 * Reads nothing else: whether secrets can be had is `checkSecrets`, whether the manifest is right is `readManifest`.
 */
export function readConfig(input: ConfigInput): Loaded<Config> {
  const { file, bytes, env, probes, baseDir, isCron } = input;
  const yaml = readDocument(file, bytes);
  if (!yaml.wellFormed) return { ok: false, complaints: complaintsOf(yaml, []) };
  const { raw } = yaml;
  const path: Path = [];
  if (!isMap(raw)) {
    const finding: Finding = {
      path,
      message: 'must be a map with the keys watchdog, manifest, connections, pagers, routes',
      code: 'RC_TYPE_WRONG',
    };
    return { ok: false, complaints: complaintsOf(yaml, [finding]) };
  }
  const schema = configSchema(probes, isCron);
  const absolute = resolve(baseDir, file);
  anchorPaths(raw, schema, dirname(absolute));
  const parsed = schema.safeParse(raw, { error: wording });
  const findings = parsed.success ? [] : explain({ schema, raw, planned: PLANNED_CONFIG }, parsed.error.issues);
  const complaints = complaintsOf(yaml, [...findings, ...configReferences(raw)]);
  if (!parsed.success || complaints.length > 0) return { ok: false, complaints };

  const [stateDirectory] = (env['STATE_DIRECTORY'] ?? '').split(':', 1);
  const value = configOf(parsed.data, stateDirectory || join(baseDir, 'state'));
  const paths = [...roleFields(schema, raw)].flatMap(({ role, value: named }) =>
    role === 'path' && typeof named === 'string' ? [named] : [],
  );
  const { line, column } = yaml.place({ path: ['watchdog', 'tls', 'cert'], message: '', code: 'RC_CERTIFICATE_UNUSABLE' });
  const named = value.watchdog.tls && { certificatePlace: { line, column } };
  return { ok: true, value: { file, sha256: yaml.sha256, ...value, ...named, paths, secrets: secretPlaces(raw, schema, yaml) } };
}

function configOf(data: Parsed, defaultState: string): Omit<Config, 'file' | 'sha256' | 'secrets' | 'paths' | 'certificatePlace'> {
  const { watchdog, defaults, heartbeat, signers } = data;
  const state = watchdog.state ?? defaultState;
  return {
    watchdog: {
      name: watchdog.name,
      state,
      listen: watchdog.listen,
      ...(watchdog.url !== undefined && { url: watchdog.url }),
      ...(watchdog.behind_proxy && { behindProxy: true as const }),
      ...(watchdog.token && { token: watchdog.token }),
      ...(watchdog.tls && { tls: watchdog.tls }),
      ...(watchdog.witness && { witness: watchdog.witness }),
    },
    manifest: data.manifest,
    ...(signers !== undefined && { signers: signersOf(signers) }),
    connections: new Map(Object.entries(data.connections).map(([name, one]) => [name, connectionOf(name, one)])),
    defaults: {
      sweep: defaults.sweep,
      inspect: defaults.inspect,
      confirm: defaults.confirm,
      blindAfter: defaults.blind_after,
      repeat: defaults.repeat,
    },
    pagers: new Map(Object.entries(data.pagers).map(([name, one]) => [name, pagerOf(name, one, defaults.repeat)])),
    routes: data.routes.map(({ severity, pagers, fallback = [], fallback_after: fallbackAfter, escalate = [] }) => {
      return { ...(severity && { severity }), pagers, fallback, fallbackAfter, escalate };
    }),
    ...(heartbeat && { heartbeat: { urls: Array.isArray(heartbeat.url) ? heartbeat.url : [heartbeat.url], every: heartbeat.every } }),
    claims: new Map(Object.entries(data.claims ?? {})),
    ...(data.ledger && {
      ledger: {
        ...(data.ledger.archive && {
          archive: { after: data.ledger.archive.after, folder: data.ledger.archive.folder ?? join(state, 'archive') },
        }),
        ...(data.ledger.anchor && { anchor: anchorOf(data.ledger.anchor) }),
        witnesses: data.ledger.witnesses,
        witnessFor: data.ledger.witness_for.map(({ key, silent_after: silentAfter }) => ({ key, silentAfter })),
      },
    }),
    tokens: new Map(
      Object.entries(data.tokens).map(([name, { scopes, hash, expires, kind }]) => {
        const digest = hash.slice('sha256:'.length);
        return [name, { scopes: new Set(scopes), digest, kind, ...(expires !== undefined && { expires }) }];
      }),
    ),
    agents: data.agents.map(({ name, ...is }) => ({ name, is: new Map(Object.entries(is)) })),
    requests: {
      ...(data.requests?.approvals !== undefined && { approvals: data.requests.approvals }),
      requesters: new Map(Object.entries(data.requests?.requesters ?? {})),
    },
  };
}

function signersOf(signers: NonNullable<Parsed['signers']>): SignersConfig {
  if (typeof signers === 'string') return { allowed: signers, people: {}, agents: [] };
  const { revoked, ...rest } = signers;
  return { ...rest, ...(revoked !== undefined && { revoked }) };
}

function anchorOf({
  path_style: pathStyle,
  access_key_id: id,
  secret_access_key: secret,
  session_token: session,
  lock,
  ...rest
}: NonNullable<NonNullable<Parsed['ledger']>['anchor']>): AnchorConfig {
  const { bucket, region, every, prefix, endpoint, account, accept } = rest;
  return {
    bucket,
    region,
    every,
    pathStyle,
    ...(prefix !== undefined && { prefix }),
    ...(endpoint !== undefined && { endpoint }),
    ...(account !== undefined && { account }),
    ...(id !== undefined && secret && { key: { id, secret, ...(session && { session }) } }),
    ...(lock && { lock: { mode: lock.mode, forMs: lock.for } }),
    ...(accept.length > 0 && { accept }),
  };
}

interface Accepting {
  readonly accept?: readonly string[];
}

function connectionOf(name: string, { probe, accept, ...settings }: Parsed['connections'][string] & Accepting): Connection {
  return { name, probe, settings, ...(accept && { accept }) };
}

/** Where a mail server listens by custom. */
const MAIL_PORTS = { off: 25, implicit: 465, starttls: 587 } as const;

const DAY = 24 * 3_600_000;

function pagerOf(name: string, pager: Parsed['pagers'][string], repeat: number): PagerConfig {
  switch (pager.type) {
    case 'pagerduty':
      return {
        type: pager.type,
        name,
        routingKey: pager.routing_key,
        endpoint: pager.endpoint,
        timeout: pager.timeout,
        ...(pager.api_key && { rest: { apiKey: pager.api_key, endpoint: pager.api_endpoint } }),
      };
    case 'slack':
      return { name, ...pager };
    case 'webhook': {
      const { type, url, timeout, secret = [] } = pager;
      return { type, name, url, timeout, secrets: Array.isArray(secret) ? secret : [secret] };
    }
    case 'alertmanager':
      // Longer than any silence of a watcher that lives: an acknowledgement (a day at most), then a repeat, and one of them lost.
      return { name, ...pager, hold: Math.max(7 * DAY, 2 * (DAY + repeat)) };
    case 'email': {
      const { user, password, ca, port = MAIL_PORTS[pager.tls], ...rest } = pager;
      return { name, ...rest, port, ...(ca !== undefined && { ca }), ...(user !== undefined && password && { auth: { user, password } }) };
    }
    case 'ntfy': {
      const { token, ...rest } = pager;
      return { name, ...rest, ...(token && { token }) };
    }
    case 'command':
      return { name, ...pager };
    case 'console':
      return { type: pager.type, name };
  }
}
