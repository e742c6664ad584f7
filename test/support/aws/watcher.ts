import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import type { Resource } from '../../../src/core/expectation.ts';
import { BLANK, type Memory } from '../../../src/core/memory.ts';
import type { Breach, Outcome } from '../../../src/core/outcome.ts';
import { remember } from '../../../src/core/remember.ts';
import type { Facet, Listing, Report, ResourceReport } from '../../../src/core/report.ts';
import { NEW } from '../../../src/core/state.ts';
import { judge } from '../../../src/core/verdict.ts';
import { toWanted } from '../../../src/loop/batch.ts';
import type { Clock } from '../../../src/ports.ts';
import type { Link, Look } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { aws } from '../../../probes/aws/index.ts';
import { makeResource } from '../roll.ts';

/** The secrets that every watcher here looks with: none may be in a report. */
export const AWS_SECRETS = ['the-secret-access-key-of-a-test', 'the-session-token-of-a-test', 'the-external-id-of-a-test'] as const;
const ENV: Readonly<Record<string, string>> = { KEY: AWS_SECRETS[0], TOKEN: AWS_SECRETS[1], EXTERNAL: AWS_SECRETS[2] };

/** An access key to look with; moto and the stub take any. */
export const AWS_KEY = { access_key_id: 'AKIAIOSFODNN7EXAMPLE', secret_access_key: { env: 'KEY' } };

export interface AwsEntry {
  readonly id: string;
  readonly kind: string;
  /** The entry's own keys, beyond the common ones. */
  readonly entry: object;
}

/** A watcher of one account: a real link, and what is remembered between its looks. */
export class AwsWatcher implements AsyncDisposable {
  readonly link: Link;
  readonly resources: readonly Resource[];
  readonly #memories = new Map<string, Memory>();

  /** `settings`: of the connection. `env`: secrets, by the names that `settings` has for them. */
  constructor(settings: object, entries: readonly AwsEntry[], clock: Clock = createSystemClock(0), env = ENV) {
    const connection = aws.connection.parse(settings);
    const secret = async (ref: object) => new Secret(env[(ref as { env: string }).env] ?? '');
    this.link = aws.open(connection, { connection: 'test-aws', clock, secret });
    this.resources = entries.map(compile);
  }

  async reports(depth: Look['depth'] = 'sweep', path: Look['path'] = 'usual', signal = new AbortController().signal): Promise<Report[]> {
    return (await Array.fromAsync(this.link.collect(this.resources.map(toWanted), { depth, path, signal }))).flat();
  }

  async listings(path: Look['path'] = 'usual'): Promise<Listing[]> {
    return (await this.reports('sweep', path)).flatMap((report) => (report.kind === 'listing' ? [report.listing] : []));
  }

  /** One look, judged and remembered: what it means, facet by facet, for each resource. */
  async look(depth: Look['depth'] = 'sweep', path: Look['path'] = 'usual'): Promise<Readonly<Record<string, Looked>>> {
    const reports = await this.reports(depth, path);
    return Object.fromEntries(
      this.resources.map((resource) => {
        const own = reports.filter((report): report is ResourceReport => report.kind !== 'listing' && report.id === resource.id);
        const memory = this.#memories.get(resource.id) ?? BLANK;
        const judgments = judge(resource, own, memory, { depth, path });
        this.#memories.set(resource.id, remember(resource, memory, NEW, own, judgments).memory);
        const outcomes = Object.fromEntries(judgments.map(({ facet, outcome }) => [facet, outcome]));
        return [resource.id, { outcomes, reports: own, words: [...new Set(judgments.map(({ outcome }) => word(outcome)))] }];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link.close();
  }
}

export interface Looked {
  readonly outcomes: Readonly<Partial<Record<Facet, Outcome>>>;
  readonly reports: readonly ResourceReport[];
  /** Every outcome that there is, once each: `good`, `lost:absent`, `blind:denied`, `breach:exposed`. */
  readonly words: readonly string[];
}

function compile({ id, kind: name, entry }: AwsEntry): Resource {
  const kind = aws.kinds.get(name);
  if (!kind) throw new Error(`no such kind: ${name}`);
  const compiled = kind.compile(kind.entry.parse(entry));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const { target, identity, vantageKey = '', checks } = compiled.value;
  return makeResource({ id, kind: name, connection: 'test-aws', identity, vantageKey, target, checks });
}

function word(outcome: Outcome): string {
  if (outcome.is === 'lost') return `lost:${outcome.how}`;
  if (outcome.is === 'blind') return `blind:${outcome.reason}`;
  return outcome.is === 'breach' ? `breach:${outcome.breaches.map(({ kind }) => kind).join(',')}` : outcome.is;
}

/** Every breach of one look. */
export function breachesOf(looked: Looked | undefined): readonly Breach[] {
  return Object.values(looked?.outcomes ?? {}).flatMap((one) => (one?.is === 'breach' ? one.breaches : []));
}
