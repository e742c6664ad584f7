/**
 * Writes what a package or an image is made of, as CycloneDX: `node scripts/sbom.ts FILE [ROOTFS]`. The packages are those of package-lock.json in the
 * working directory, development left out, as `npm sbom` has them; of an image, the Node that runs this, and every library in ROOTFS that it is linked to.
 * Nothing of when and where it was made: the same lock file makes the same bytes.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

interface Component {
  readonly type: string;
  readonly name: string;
  readonly [key: string]: unknown;
}
interface Sbom {
  readonly metadata: { readonly component: Component; readonly [key: string]: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [key: string]: unknown;
}
interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

const [file, rootfs] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node scripts/sbom.ts FILE [ROOTFS]');
const flags = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'];
const { serialNumber: _serial, ...made } = JSON.parse(
  execFileSync('npm', flags, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
) as Sbom;
const { timestamp: _timestamp, ...metadata } = made.metadata;
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; version: string };
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
// Not `npm sbom --omit=dev`: of npm 11 that leaves out whatever a development package needs as well, pg and zod among them.
const production = new Set(
  Object.entries(packages).flatMap(([path, { version: of, dev, devOptional }]) =>
    path === '' || dev || devOptional ? [] : [`${path.split('node_modules/').at(-1)}@${of}`],
  ),
);
const own = `${name}@${version}`;
const sbom: Sbom = {
  ...made,
  // npm calls it by the folder that it lies in.
  metadata: { ...metadata, component: { ...metadata.component, name } },
  components: [
    ...made.components.filter((component) => production.has(String(component['bom-ref']))),
    ...(rootfs === undefined ? [] : [node(rootfs), ...libraries(rootfs)]),
  ],
  dependencies: made.dependencies
    .filter(({ ref }) => ref === own || production.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((on) => production.has(on)) })),
};
writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`${file}: ${sbom.components.length} components`);

function node(root: string): Component {
  return {
    'bom-ref': 'node',
    type: 'platform',
    name: 'node',
    version: process.versions.node,
    purl: `pkg:generic/node@${process.versions.node}`,
    hashes: [digest(join(root, 'usr/local/bin/node'))],
  };
}

/** By file and digest: which package of which distribution they are from only the base image knows. */
function libraries(root: string): Component[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.so(?:\.\d+)*$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ 'bom-ref': relative(root, path), type: 'file', name: `/${relative(root, path)}`, hashes: [digest(path)] }));
}

function digest(path: string): { readonly alg: string; readonly content: string } {
  return { alg: 'SHA-256', content: createHash('sha256').update(readFileSync(path)).digest('hex') };
}
