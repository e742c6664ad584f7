import type { Probe } from '../probe.ts';
import { quote, suggestion, type Finding, type Path } from './complaint.ts';
import { blindness } from './config-references.ts';
import { entriesOf, isMap, listOf } from './findings.ts';
import { DEFAULT_POLICY } from './manifest-schema.ts';
import type { Config } from './types.ts';

/** After so many findings no more suggestions are sought among the ids: each costs a comparison with every one of them. */
const SUGGESTED = 50;

type Raw = Readonly<Record<string, unknown>>;

/** What stands between the parts of manifest.yaml, and between it and config.yaml. Works on raw values, beside the check of their shape. */
export function manifestReferences(
  raw: Raw,
  config: Pick<Config, 'connections' | 'defaults'> & { readonly signed: boolean },
  probes: ReadonlyMap<string, Probe>,
  lineOf: (path: Path) => number,
): Finding[] {
  const { resources } = raw;
  const findings: Finding[] = config.signed ? [] : [...policy(raw['policy'])];
  if (Array.isArray(resources) && resources.length === 0)
    findings.push({ path: ['resources'], message: 'names no resource; a roll with nobody on it is never green', code: 'RC_ROLL_EMPTY' });
  const ids = new Map<string, number>();
  for (const [index, entry] of listOf(resources).entries()) {
    const id = isMap(entry) ? entry['id'] : undefined;
    if (typeof id === 'string' && !ids.has(id)) ids.set(id, index);
  }
  const { every } = { every: undefined, ...config.defaults.sweep };
  const inherited = { sweep: every, blindAfter: config.defaults.blindAfter };
  for (const [index, entry] of listOf(resources).entries()) {
    if (!isMap(entry)) continue;
    findings.push(
      ...identified(entry, index, ids, lineOf),
      ...placed(entry, index, config.connections, probes),
      ...protectedBy(entry, index, ids, findings.length < SUGGESTED),
      ...blindness(entry, inherited, ['resources', index]),
    );
  }
  return [...findings, ...windowed(raw['windows'], ids, config.connections), ...leftOut(raw['unmanaged'], config.connections, probes)];
}

function* leftOut(raw: unknown, connections: Config['connections'], probes: ReadonlyMap<string, Probe>): Generator<Finding> {
  for (const [index, entry] of listOf(raw).entries()) {
    if (!isMap(entry)) continue;
    const { connection, kind } = entry;
    const target = typeof connection === 'string' ? connections.get(connection) : undefined;
    if (typeof connection === 'string' && !target) {
      const end = suggestion(connection, connections.keys(), 'config.yaml has:', 'config.yaml has none');
      const path = ['unmanaged', index, 'connection'];
      yield { path, message: `there is no connection ${quote(connection)}; ${end}`, code: 'RC_CONNECTION_UNKNOWN' };
    }
    const kinds = (target && probes.get(target.probe)?.kinds) ?? new Map(typeof kind === 'string' ? [[kind, true]] : []);
    if (typeof kind !== 'string' || kinds.has(kind)) continue;
    const end = suggestion(kind, kinds.keys(), 'this connection offers:', 'this connection offers none');
    yield { path: ['unmanaged', index, 'kind'], message: `there is no kind ${quote(kind)} here; ${end}`, code: 'RC_KIND_UNKNOWN' };
  }
}

function* windowed(raw: unknown, ids: ReadonlyMap<string, number>, connections: Config['connections']): Generator<Finding> {
  const known = {
    resources: { has: (name: string) => ids.has(name), names: [...ids.keys()], code: 'RC_RESOURCE_UNKNOWN', where: 'the roll has:' },
    connections: {
      has: (name: string) => connections.has(name),
      names: [...connections.keys()],
      code: 'RC_CONNECTION_UNKNOWN',
      where: 'config.yaml has:',
    },
  } as const;
  for (const [index, window] of listOf(raw).entries())
    for (const key of ['resources', 'connections'] as const)
      for (const [at, name] of (isMap(window) ? listOf(window[key]) : []).entries()) {
        const { has, names, code, where } = known[key];
        if (typeof name !== 'string' || has(name)) continue;
        const message = `there is no ${key.slice(0, -1)} ${quote(name)}; ${suggestion(name, names, where, 'there is none')}`;
        yield { path: ['windows', index, key, at], message, code };
      }
}

/** A policy that nobody keeps would be a lie. */
function* policy(raw: unknown): Generator<Finding> {
  for (const [key, value] of entriesOf(raw)) {
    const usual = (DEFAULT_POLICY as Readonly<Record<string, number | boolean>>)[key];
    if (key !== 'signers' && (usual === undefined || value === usual || typeof value !== typeof usual)) continue;
    const message = 'has no effect: config.yaml names no signers, so nobody has to sign; name them, or take this out';
    yield { path: ['policy', key], message, code: 'RC_POLICY_UNHELD' };
  }
}

function* identified({ id }: Raw, index: number, ids: ReadonlyMap<string, number>, lineOf: (path: Path) => number): Generator<Finding> {
  const first = typeof id === 'string' ? ids.get(id) : undefined;
  if (first === undefined || first === index) return;
  const message = `the id ${quote(String(id))} is taken by resources[${first}] on line ${lineOf(['resources', first])}; every resource needs its own`;
  yield { path: ['resources', index, 'id'], message, code: 'RC_ID_DUPLICATE' };
}

function* placed(
  { kind, connection }: Raw,
  index: number,
  connections: Config['connections'],
  probes: ReadonlyMap<string, Probe>,
): Generator<Finding> {
  if (typeof connection !== 'string') return;
  const target = connections.get(connection);
  if (!target) {
    const end = suggestion(connection, connections.keys(), 'config.yaml has:', 'config.yaml has none');
    yield {
      path: ['resources', index, 'connection'],
      message: `there is no connection ${quote(connection)}; ${end}`,
      code: 'RC_CONNECTION_UNKNOWN',
    };
    return;
  }
  const probe = probes.get(target.probe);
  const known = [...probes.values()].some(({ kinds }) => typeof kind === 'string' && kinds.has(kind));
  if (typeof kind !== 'string' || !probe || !known || probe.kinds.has(kind)) return;
  const offered = [...probe.kinds.keys()].join(', ');
  const message = `connection ${connection} is of probe ${probe.name}, which cannot look at ${kind}; it offers: ${offered}`;
  yield { path: ['resources', index, 'kind'], message, code: 'RC_KIND_MISPLACED' };
}

function* protectedBy(
  { id, protected_by: guards }: Raw,
  index: number,
  ids: ReadonlyMap<string, number>,
  suggesting: boolean,
): Generator<Finding> {
  for (const [at, guard] of listOf(guards).entries()) {
    if (typeof guard !== 'string' || (ids.has(guard) && guard !== id)) continue;
    const path = ['resources', index, 'protected_by', at];
    const end = suggesting ? suggestion(guard, ids.keys(), 'the roll has:', 'the roll is empty') : 'name the id of another resource';
    const message =
      guard === id ? `${quote(guard)} is this resource; nothing protects itself` : `there is no resource ${quote(guard)}; ${end}`;
    yield { path, message, code: 'RC_RESOURCE_UNKNOWN' };
  }
}
