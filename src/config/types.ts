import type { LeftOut } from '../core/coverage.ts';
import type { Cadence, Resource, Severity } from '../core/expectation.ts';
import type { Policy } from '../core/manifest-step.ts';
import type { MaintenanceWindow } from '../core/maintenance.ts';
import type { Scope } from '../values/scopes.ts';
import type { SecretRef } from '../values/secret.ts';
import type { ListenAt } from './fields.ts';

/** config.yaml, read and checked (CONTRACT §2). Holds references to secrets, never a secret. Durations in ms. */
export interface Config {
  readonly file: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
  readonly watchdog: {
    readonly name: string;
    /** Folder of the embedded store, absolute; undefined where neither the file nor $STATE_DIRECTORY names one: then ./state. */
    readonly state: string;
    readonly listen: ListenAt | 'off';
    /** Where people reach it, for links in pages. */
    readonly url?: string;
    /** Whether a proxy on this machine says who asks; absent where not. */
    readonly behindProxy?: true;
    /** An address that has nothing to do with what is watched. */
    readonly witness?: { readonly host: string; readonly port: number };
    /** Bearer token for reading. */
    readonly token?: SecretRef;
    /** `cert`: absolute path. Required where other machines can reach `listen`. */
    readonly tls?: { readonly cert: string; readonly key: SecretRef };
  };
  /** Absolute path of the manifest. */
  readonly manifest: string;
  readonly signers?: SignersConfig;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly defaults: Defaults;
  readonly pagers: ReadonlyMap<string, PagerConfig>;
  readonly routes: readonly Route[];
  readonly heartbeat?: { readonly urls: readonly (SecretRef | string)[]; readonly every: number };
  /** Who may report what they did, by name, with the token that lets them; empty where nobody may. */
  readonly claims: ReadonlyMap<string, SecretRef>;
  /** Who may speak to the HTTP interface, by name. */
  readonly tokens: ReadonlyMap<string, TokenConfig>;
  readonly agents: readonly AgentConfig[];
  readonly requests: RequestsConfig;
  /** Who cosigns the heads of this watcher's ledger, and whose heads it cosigns. */
  readonly ledger?: LedgerConfig;
  /** Where it names the certificate of the HTTP interface; undefined where it does not. */
  readonly certificatePlace?: Pick<Complaint, 'line' | 'column'>;
  /** Every file and folder that it names, absolute; those of secrets are in `secrets`. */
  readonly paths: readonly string[];
  /** Every reference to a secret in the file, with its place, so that those that cannot be had are complained about at once. */
  readonly secrets: readonly SecretPlace[];
}

/** A token of which only the digest is known. */
export interface TokenConfig {
  readonly scopes: ReadonlySet<Scope>;
  /** SHA-256 of the token, hexadecimal. */
  readonly digest: string;
  /** The last millisecond in which it counts, ms since 1970. */
  readonly expires?: number;
  /** As whom it asks, where it may. */
  readonly kind: 'human' | 'agent';
}

/** How what people approve is asked for, and how their approvals come. */
export interface RequestsConfig {
  /** Absolute path. */
  readonly approvals?: string;
  /** Who may ask over HTTP, by name. */
  readonly requesters: ReadonlyMap<string, { readonly kind: 'human' | 'agent'; readonly token: SecretRef }>;
}

export interface LedgerConfig {
  /** Where old entries go (absolute path), and how old they are by then (ms). */
  readonly archive?: { readonly folder: string; readonly after: number };
  /** Where signed heads are put besides; durations in ms. */
  readonly anchor?: AnchorConfig;
  readonly witnesses: readonly { readonly url: string; readonly key: string }[];
  /** `silentAfter` in ms. */
  readonly witnessFor: readonly { readonly key: string; readonly silentAfter: number }[];
}

/** A bucket that this watcher can write to and not delete from. */
export interface AnchorConfig {
  readonly bucket: string;
  readonly region: string;
  readonly prefix?: string;
  readonly endpoint?: string;
  readonly pathStyle: boolean;
  readonly account?: string;
  readonly key?: { readonly id: SecretRef | string; readonly secret: SecretRef; readonly session?: SecretRef };
  readonly lock?: { readonly mode: 'compliance' | 'governance'; readonly forMs: number };
  readonly every: number;
  /** What its credential may do beside, by people's word. */
  readonly accept?: readonly 'delete'[];
}

/** Who signs the manifest. Absolute paths. */
export interface SignersConfig {
  readonly allowed: string;
  readonly revoked?: string;
  /** Principals by the name of the person. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  /** Principals of programs. */
  readonly agents: readonly string[];
}

export interface SecretPlace {
  readonly ref: SecretRef;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface Connection {
  readonly name: string;
  readonly probe: string;
  /** What the probe's own connection schema put out. */
  readonly settings: unknown;
  /** What its credential may do beyond looking, by the names that the probe's audit has for it; nothing where absent. */
  readonly accept?: readonly string[];
}

/** Somebody whom the watcher must have nothing in common with, and whose reach is audited. */
export interface AgentConfig {
  readonly name: string;
  /** Who it is to each probe, by the probe's name. */
  readonly is: ReadonlyMap<string, unknown>;
}

export interface Defaults {
  readonly sweep: Cadence;
  readonly inspect: Cadence;
  readonly confirm: number;
  readonly blindAfter: number;
  readonly repeat: number;
}

export interface Route {
  readonly severity?: Severity;
  readonly pagers: readonly string[];
  /** Called in where the route's pagers have not accepted within `fallbackAfter` ms. */
  readonly fallback: readonly string[];
  readonly fallbackAfter: number;
  /** Called in `after` ms from the opening, unless somebody acknowledged. */
  readonly escalate: readonly { readonly after: number; readonly pagers: readonly string[] }[];
}

/** `timeout` bounds one attempt, ms. */
export type PagerConfig =
  | {
      readonly type: 'pagerduty';
      readonly name: string;
      readonly routingKey: SecretRef;
      readonly endpoint: string;
      /** How acknowledgements are read back. */
      readonly rest?: { readonly apiKey: SecretRef; readonly endpoint: string };
      readonly timeout: number;
    }
  | {
      readonly type: 'slack';
      readonly name: string;
      readonly token: SecretRef;
      readonly channel: string;
      readonly endpoint: string;
      readonly timeout: number;
    }
  | {
      readonly type: 'webhook';
      readonly name: string;
      readonly url: SecretRef | string;
      readonly secrets: readonly SecretRef[];
      readonly timeout: number;
    }
  | {
      readonly type: 'alertmanager';
      readonly name: string;
      readonly urls: readonly (SecretRef | string)[];
      /** How long an alert stands there without another word from the watcher, ms. */
      readonly hold: number;
      readonly timeout: number;
    }
  | {
      readonly type: 'email';
      readonly name: string;
      readonly host: string;
      readonly port: number;
      readonly tls: 'starttls' | 'implicit' | 'off';
      /** Absolute path. */
      readonly ca?: string;
      readonly auth?: { readonly user: string; readonly password: SecretRef };
      readonly from: string;
      readonly to: readonly string[];
      readonly timeout: number;
    }
  | {
      readonly type: 'ntfy';
      readonly name: string;
      readonly server: string;
      readonly topic: SecretRef | string;
      readonly token?: SecretRef;
      readonly timeout: number;
    }
  | {
      readonly type: 'command';
      readonly name: string;
      /** Absolute path. */
      readonly program: string;
      readonly args: readonly string[];
      readonly timeout: number;
    }
  | { readonly type: 'console'; readonly name: string };

/** manifest.yaml, read and checked (CONTRACT §3). */
export interface Manifest {
  readonly file: string;
  readonly sha256: string;
  readonly id: string;
  readonly version: number;
  /** SHA-256 of the manifest it follows, hexadecimal. */
  readonly previous?: string;
  /** End of the named day (UTC), ms since 1970; undefined where the manifest does not expire. */
  readonly expires?: number;
  readonly policy: Policy;
  /** Digest of the signers it binds, or `none` to give signing up; undefined where it leaves them as they are. */
  readonly signers?: string;
  readonly windows: readonly MaintenanceWindow[];
  /** What is there on purpose without being on the roll. */
  readonly leftOut: readonly LeftOut[];
  readonly resources: readonly Resource[];
}

/** One complaint: where, what is wrong and what would be right. `line` and `column` are 1-based. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly code: string;
}

export type Loaded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly complaints: readonly Complaint[] };
