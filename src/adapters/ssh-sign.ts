import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Has the key of whoever sits here sign a text under a namespace, by `ssh-keygen -Y sign`: it asks for the passphrase, the touch or the PIN
 * on this terminal itself. `key`: a private key's file, or a public key's where an agent holds the private one. Rejects where it does not sign.
 */
export async function sshSign(text: string, namespace: string, key: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-'));
  try {
    const file = join(folder, 'decision');
    await writeFile(file, text, { mode: 0o600 });
    const child = spawn('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', key, file], { stdio: ['inherit', 'ignore', 'inherit'] });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`ssh-keygen ended with ${code ?? 'a signal'}`);
    return await readFile(`${file}.sig`, 'latin1');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
