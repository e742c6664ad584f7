import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../../src/config/read-config.ts';
import { readManifest } from '../../../src/config/read-manifest.ts';
import type { Config, Loaded, Manifest } from '../../../src/config/types.ts';
import { fakeProbes } from '../../support/fake-probes.ts';

export const testdata = fileURLToPath(new URL('../../testdata/', import.meta.url));

/** Five fields of digits, stars and slashes: enough of cron to tell an expression from a typing error. */
export const isCron = (text: string): boolean => /^[\d*/,-]+( [\d*/,-]+){4}$/.test(text);

export const asConfig = (bytes: string | Uint8Array, file = 'config.yaml', env: Record<string, string> = {}): Loaded<Config> =>
  readConfig({ file, bytes: Buffer.from(bytes), env, probes: fakeProbes, baseDir: '/srv/watcher', isCron });

/** The config that the manifests of the testdata are read against. */
export function goodConfig(): Config {
  const loaded = asConfig(readFileSync(`${testdata}config/good-minimal.yaml`));
  if (!loaded.ok) throw new Error(loaded.complaints.map(({ message }) => message).join('\n'));
  return loaded.value;
}

export const asManifest = (bytes: string | Uint8Array, file = 'manifest.yaml', config = goodConfig()): Loaded<Manifest> =>
  readManifest({ file, bytes: Buffer.from(bytes), config, probes: fakeProbes, isCron });

export function readTestdata(room: 'config' | 'manifest', name: string): Loaded<unknown> {
  const file = `${testdata}${room}/${name}`;
  const read = room === 'config' ? asConfig : asManifest;
  return read(readFileSync(file), basename(file));
}
