import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../support/folder.ts';
import { ROOT } from '../support/source-file.ts';

interface Component {
  readonly name: string;
  readonly version?: string;
  readonly type: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}
interface Sbom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Component; readonly timestamp?: string };
  readonly components: readonly Component[];
}

describe('the list of what is in it', function () {
  this.timeout(120_000);

  it('names every production package of the lock file with its digest, nothing else, and the same again', () => {
    const folder = makeFolder();
    try {
      const make = (name: string, ...more: string[]): string => {
        execFileSync(process.execPath, ['scripts/sbom.ts', join(folder.path, name), ...more], { cwd: ROOT });
        return readFileSync(join(folder.path, name), 'utf8');
      };
      const text = make('one.json');
      assert.equal(make('two.json'), text);
      const { bomFormat, metadata, components } = JSON.parse(text) as Sbom;
      const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
      assert.deepEqual([bomFormat, metadata.component.name, metadata.component.version], ['CycloneDX', 'rollcall', version]);
      const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
        packages: Record<string, { version: string; dev?: boolean; devOptional?: boolean; peer?: boolean }>;
      };
      const wanted = Object.entries(lock.packages)
        .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
        .map(([path, { version: of }]) => `${path.split('node_modules/').at(-1)}@${of}`);
      assert.ok(wanted.length > 10);
      assert.deepEqual(new Set(components.map(({ name, version: of }) => `${name}@${of}`)), new Set(wanted));
      assert.ok(['pg', 'zod', 'hono'].every((one) => components.some(({ name }) => name === one)));
      for (const { name, hashes } of components) assert.equal(hashes?.[0]?.alg, 'SHA-512', name);

      const root = join(folder.path, 'rootfs');
      for (const part of ['usr/local/bin', 'lib']) mkdirSync(join(root, part), { recursive: true });
      for (const file of ['usr/local/bin/node', 'lib/libc.so.6', 'lib/not-one.sox']) writeFileSync(join(root, file), file);
      const image = JSON.parse(make('image.json', root)) as Sbom;
      const added = image.components.slice(components.length);
      assert.deepEqual(
        added.map(({ name, hashes }) => [name, hashes?.[0]?.content]),
        [
          ['node', createHash('sha256').update('usr/local/bin/node').digest('hex')],
          ['/lib/libc.so.6', createHash('sha256').update('lib/libc.so.6').digest('hex')],
        ],
      );
      assert.equal(added[0]?.version, process.versions.node);
    } finally {
      folder.remove();
    }
  });
});
