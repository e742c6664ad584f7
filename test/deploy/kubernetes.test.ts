import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { ROOT } from '../support/source-file.ts';

const FOLDER = join(ROOT, 'deploy/kubernetes');
/** Kubernetes reads YAML 1.1: there 0400 is octal. */
const documents = (text: string): readonly unknown[] => parseAllDocuments(text, { version: '1.1' }).map((each): unknown => each.toJS());
const read = (name: string): readonly unknown[] => documents(readFileSync(join(FOLDER, name), 'utf8'));

/** What the restricted profile demands of a pod (kubernetes.io, Pod Security Standards), and what we demand above it. */
const pod = z.object({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.literal(false),
  hostNetwork: z.never().optional(),
  hostPID: z.never().optional(),
  hostIPC: z.never().optional(),
  securityContext: z.object({
    runAsNonRoot: z.literal(true),
    runAsUser: z.int().min(1),
    fsGroup: z.int().min(1),
    seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.tuple([
    z.object({
      args: z.array(z.string()),
      env: z.array(z.object({ name: z.string(), value: z.string() })),
      ports: z.never().optional(),
      securityContext: z.object({
        allowPrivilegeEscalation: z.literal(false),
        readOnlyRootFilesystem: z.literal(true),
        privileged: z.never().optional(),
        capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
      }),
      livenessProbe: z.object({ exec: z.object({ command: z.array(z.string()) }) }),
      readinessProbe: z.object({ exec: z.object({ command: z.array(z.string()) }) }),
      volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() })),
    }),
  ]),
  // Restricted admits only these kinds of volume beside the claims.
  volumes: z.array(
    z.union([
      z.strictObject({ name: z.string(), configMap: z.object({ name: z.string() }) }),
      z.strictObject({ name: z.string(), secret: z.object({ secretName: z.string(), defaultMode: z.literal(0o400) }) }),
    ]),
  ),
});
const stateful = z.object({
  kind: z.literal('StatefulSet'),
  spec: z.object({
    replicas: z.literal(1),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }), spec: pod }),
    persistentVolumeClaimRetentionPolicy: z.object({ whenDeleted: z.literal('Retain'), whenScaled: z.literal('Retain') }),
    volumeClaimTemplates: z.tuple([z.object({ metadata: z.object({ name: z.string() }) })]),
  }),
});
const policy = z.object({
  kind: z.literal('NetworkPolicy'),
  spec: z.object({
    podSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    policyTypes: z.tuple([z.literal('Ingress'), z.literal('Egress')]),
    ingress: z.tuple([]),
    egress: z.array(z.object({ ports: z.array(z.object({ port: z.int() })).min(1) })),
  }),
});

describe('the manifests for Kubernetes', () => {
  const [account, set] = read('rollcall.yaml');
  const { spec } = stateful.parse(set);
  const [container] = spec.template.spec.containers;

  it('are named by the kustomization, every one', () => {
    const { resources } = z.object({ resources: z.array(z.string()) }).parse(read('kustomization.yaml')[0]);
    for (const name of resources) assert.ok(read(name).length > 0, name);
    assert.deepEqual(resources.toSorted(), ['namespace.yaml', 'network-policy.yaml', 'rollcall.yaml']);
  });

  it('live in a namespace that admits restricted pods only', () => {
    const { metadata } = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) }).parse(read('namespace.yaml')[0]);
    assert.equal(metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
  });

  it('would not pass with a capability, a writable root or a volume of the host', () => {
    for (const [from, to] of [
      ['drop: [ALL]', 'drop: [ALL], add: [NET_RAW]'],
      ['readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'],
      ['configMap: { name: rollcall }', 'hostPath: { path: / }'],
    ] as const) {
      const text = readFileSync(join(FOLDER, 'rollcall.yaml'), 'utf8');
      assert.ok(text.includes(from), from);
      const [, changed] = documents(text.replace(from, to));
      assert.equal(stateful.safeParse(changed).success, false, to);
    }
  });

  it('give the pod no token of the cluster', () => {
    z.object({ kind: z.literal('ServiceAccount'), automountServiceAccountToken: z.literal(false) }).parse(account);
  });

  it('keep the state on a claim that outlives the pod, and mount everything else read-only', () => {
    const claim = spec.volumeClaimTemplates[0].metadata.name;
    for (const { name, mountPath, readOnly } of container.volumeMounts) assert.equal(readOnly ?? false, name !== claim, mountPath);
    assert.equal(container.volumeMounts.find(({ name }) => name === claim)?.mountPath, '/var/lib/rollcall');
  });

  it('hand the credentials over where the config looks for them', () => {
    const folder = container.env.find(({ name }) => name === 'CREDENTIALS_DIRECTORY')?.value;
    assert.ok(container.volumeMounts.some(({ mountPath, name }) => mountPath === folder && name === 'credentials'));
  });

  it('let nobody in, and apply to the pod', () => {
    const { spec: rules } = policy.parse(read('network-policy.yaml')[0]);
    assert.deepEqual(rules.podSelector.matchLabels, spec.template.metadata.labels);
    assert.deepEqual(spec.selector.matchLabels, spec.template.metadata.labels);
  });
});
