import { filesContext, settleFiles } from '../app.ts';
import { digestsOf, readSigners } from '../approval/read-signing.ts';
import { EXIT } from '../core/exit.ts';
import { FilesError, readFiles } from '../files.ts';
import type { Io } from './io.ts';
import { plainLines } from './lines.ts';
import { printStanding, sayStanding } from './say-standing.ts';

/** Reads config and manifest and says everything that is wrong with them at once; contacts nothing. */
export async function validate(io: Io, options: { readonly config: string | undefined; readonly json: boolean }): Promise<number> {
  const context = filesContext(io);
  try {
    const { config, manifest } = await readFiles(options.config, context);
    const { id, version, resources } = manifest;
    const signers = await readSigners(config, context);
    // A daemon goes on by those in force where these cannot be read; who asks whether the files are right is told that they are not.
    if (signers && !signers.ok) throw new FilesError(signers.complaints);
    const { standing } = await settleFiles(options.config, io);
    const digests = await digestsOf(config, manifest, context);
    if (options.json) {
      const signing = standing.state === 'unsigned' ? {} : { signing: { ...digests, ...printStanding(standing) } };
      io.out(`${JSON.stringify({ ok: true, manifest: { id, version, resources: resources.length }, complaints: [], ...signing })}\n`);
      return EXIT.ok;
    }
    const named = Object.entries(digests).map(([name, digest]) => `digest of the ${name === 'sha256' ? 'manifest' : name}: ${digest}`);
    const lines = [`${config.file}: ok`, `${manifest.file}: ok, ${id} version ${version}, ${resources.length} resources`];
    io.out(`${plainLines([...lines, ...sayStanding(standing, version), ...named]).join('\n')}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    io.out(options.json ? `${JSON.stringify({ ok: false, complaints: error.complaints })}\n` : `${error.message}\n`);
    return EXIT.config;
  }
}
