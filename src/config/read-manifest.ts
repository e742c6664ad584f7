import * as z from 'zod';
import type { Resource } from '../core/expectation.ts';
import type { Issue, Kind, Probe } from '../probe.ts';
import { type Finding, type Path } from './complaint.ts';
import { readDocument } from './document.ts';
import { explain, wording } from './explain.ts';
import type { IsCron } from './fields.ts';
import { complaintsOf, isMap, listOf } from './findings.ts';
import { manifestReferences } from './manifest-references.ts';
import { type commonKeys, manifestSchema, PLANNED_MANIFEST } from './manifest-schema.ts';
import type { Config, Loaded, Manifest } from './types.ts';

export interface ManifestInput {
  /** As complaints are to name it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly config: Pick<Config, 'connections' | 'defaults'>;
  /** Whether signers hold, so that a policy has an effect (default no). */
  readonly signed?: boolean;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly isCron: IsCron;
}

const DIGEST_PREFIX = 'sha256:';

type Common = z.output<z.ZodObject<ReturnType<typeof commonKeys>>> & { readonly kind: string };

/**
 * manifest.yaml (CONTRACT §3) from its bytes: every entry compiled by its kind, defaults of the config filled in; or every complaint at
 * once in the order of the file.
 */
export function readManifest(input: ManifestInput): Loaded<Manifest> {
  const { file, bytes, config, signed = false, probes, isCron } = input;
  const yaml = readDocument(file, bytes);
  if (!yaml.wellFormed) return { ok: false, complaints: complaintsOf(yaml, []) };
  const { raw } = yaml;
  if (!isMap(raw)) {
    const finding: Finding = {
      path: [],
      message: 'must be a map with the keys schema, manifest, version, resources',
      code: 'RC_TYPE_WRONG',
    };
    return { ok: false, complaints: complaintsOf(yaml, [finding]) };
  }
  const schema = manifestSchema(probes, isCron);
  const context = { schema, raw, planned: PLANNED_MANIFEST };
  // Entry by entry, so that one with a typing error does not keep the others from being compiled and complained about.
  const head = schema.extend({ resources: z.array(z.unknown()) }).safeParse(raw, { error: wording });
  const findings = head.success ? [] : explain(context, head.error.issues);
  const kinds = new Map([...probes.values()].flatMap((probe) => [...probe.kinds]));
  const resources: Resource[] = [];
  for (const [index, entry] of listOf(raw['resources']).entries()) {
    const parsed = schema.shape.resources.element.safeParse(entry, { error: wording });
    const kind = parsed.success ? kinds.get(parsed.data.kind) : undefined;
    if (!parsed.success) findings.push(...explain(context, parsed.error.issues, ['resources', index]));
    else if (kind) {
      const made = compile(kind, parsed.data as unknown as Common, config, ['resources', index]);
      if (made.ok) resources.push(made.value);
      else findings.push(...made.findings);
    }
  }
  const lineOf = (path: Path): number => yaml.place({ path, message: '', code: 'RC_ID_DUPLICATE' }).line;
  const complaints = complaintsOf(yaml, [...findings, ...manifestReferences(raw, { ...config, signed }, probes, lineOf)]);
  if (!head.success || complaints.length > 0) return { ok: false, complaints };
  const { manifest: id, version, previous, expires, policy, windows, unmanaged } = head.data;
  const { signers } = policy;
  return {
    ok: true,
    value: {
      file,
      sha256: yaml.sha256,
      id,
      version,
      ...(previous !== undefined && { previous: previous.slice(DIGEST_PREFIX.length) }),
      ...(expires !== undefined && { expires }),
      policy: {
        k: policy.k,
        weakening: policy.weakening,
        requirePresence: policy.require_presence,
        requireVerification: policy.require_verification,
      },
      ...(signers !== undefined && { signers }),
      windows,
      leftOut: unmanaged.map(({ connection, kind, name, reason }) => ({ connection, name, reason, ...(kind !== undefined && { kind }) })),
      resources,
    },
  };
}

type Made = { readonly ok: true; readonly value: Resource } | { readonly ok: false; readonly findings: readonly Finding[] };

/** An entry whose shape is right as a resource, or what its kind has against the combination. */
function compile(kind: Kind, entry: Common, config: ManifestInput['config'], path: Path): Made {
  const own = Object.fromEntries(Object.entries(entry).filter(([key]) => key in kind.entry.shape));
  const compiled = kind.compile(own);
  if (!compiled.ok) {
    const at = (issue: Issue): Finding => ({ path: [...path, ...issue.path], message: issue.message, code: 'RC_EXPECTATION_IMPOSSIBLE' });
    return { ok: false, findings: compiled.issues.map(at) };
  }
  const { target, identity, vantageKey, tripwire = false, checks } = compiled.value;
  const value = {
    id: entry.id,
    kind: entry.kind,
    connection: entry.connection,
    severity: entry.severity,
    ...(entry.owner !== undefined && { owner: entry.owner }),
    ...(entry.runbook !== undefined && { runbook: entry.runbook }),
    identity,
    ...(vantageKey !== undefined && { vantageKey }),
    target,
    asked: own,
    checks,
    sweep: entry.sweep ?? config.defaults.sweep,
    inspect: entry.inspect ?? config.defaults.inspect,
    confirm: entry.confirm ?? config.defaults.confirm,
    blindAfter: entry.blind_after ?? config.defaults.blindAfter,
    protectedBy: entry.protected_by ?? [],
    domain: entry.domain ?? { connection: entry.connection },
    tripwire,
  };
  return { ok: true, value };
}
