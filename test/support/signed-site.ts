import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesContext } from '../../src/app.ts';
import type { Accepted } from '../../src/approval/accepted.ts';
import { settle, type Settled } from '../../src/approval/settle.ts';
import { readConfigFile } from '../../src/files.ts';
import { Site, volume, type SiteParts } from './site.ts';
import { Signer, type SignParts } from './ssh-signer.ts';

type Entry = Readonly<Record<string, unknown>>;

/** A site whose manifest people sign: alice and bob with keys in files, carol with a security key, and a program. */
export class SignedSite extends Site {
  readonly keys = {
    alice: new Signer(),
    bob: new Signer('ecdsa256'),
    carol: new Signer('sk-ed25519'),
    bot: new Signer(),
    mallory: new Signer(),
  };
  /** What the store would keep. */
  accepted: Accepted | undefined;
  #version = 0;

  constructor(parts: SiteParts & { readonly signers?: Entry } = {}) {
    super(parts);
    this.allow(['alice', 'bob', 'carol', 'bot']);
    const signers = parts.signers ?? { allowed: './allowed_signers', agents: ['bot'] };
    this.rewrite({ ...parts, config: { ...parts.config, signers } });
  }

  allow(names: readonly (keyof SignedSite['keys'])[]): void {
    this.write('allowed_signers', names.map((name) => `${name} ${this.keys[name].line}\n`).join(''));
  }

  get manifest(): Buffer {
    return readFileSync(join(this.path, 'manifest.yaml'));
  }

  get sha256(): string {
    return createHash('sha256').update(this.manifest).digest('hex');
  }

  /** A folder of its own, and its entry of the roll. */
  volume(id: string): Entry {
    return volume(id, dirname(this.write(join('roll', id, 'content'), id)));
  }

  /** The next version of the manifest, as whoever wants a change writes it: one volume a name. */
  draft(names: readonly string[], more: Entry = {}): void {
    const previous = this.#version === 0 ? {} : { previous: `sha256:${this.sha256}` };
    const resources = names.map((id) => this.volume(id));
    this.rewrite({ resources, manifest: { version: ++this.#version, ...previous, ...more } });
    this.unsign();
  }

  /** Signatures beside the manifest as it lies there. */
  sign(names: readonly (keyof SignedSite['keys'])[], parts: SignParts = {}): void {
    for (const name of names) this.write(`manifest.yaml.${name}.sig`, this.keys[name].sign(this.manifest, parts));
  }

  unsign(): void {
    for (const name of readdirSync(this.path)) if (name.endsWith('.sig')) rmSync(join(this.path, name));
  }

  /** What the daemon would make of the files now; what people signed is kept. */
  async settle(at = Date.now()): Promise<Settled> {
    const context = filesContext({ env: {}, cwd: this.path });
    const settled = await settle(await readConfigFile(this.config, context), context, this.accepted, at);
    this.accepted = settled.accepted;
    return settled;
  }

  /** The first version of two volumes, signed by two people and taken. */
  async begin(more: Entry = {}): Promise<void> {
    this.draft(['one', 'two'], more);
    this.sign(['alice', 'bob']);
    await this.settle();
  }
}
