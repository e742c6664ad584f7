import { filesContext } from '../app.ts';
import { EXIT } from '../core/exit.ts';
import { FilesError, readFiles } from '../files.ts';
import type { Io } from './io.ts';

/** Reads config and manifest and says everything that is wrong with them at once; contacts nothing. */
export async function validate(io: Io, options: { readonly config: string | undefined; readonly json: boolean }): Promise<number> {
  try {
    const { config, manifest } = await readFiles(options.config, filesContext(io));
    const { id, version, resources } = manifest;
    if (options.json) io.out(`${JSON.stringify({ ok: true, manifest: { id, version, resources: resources.length }, complaints: [] })}\n`);
    else io.out(`${config.file}: ok\n${manifest.file}: ok, ${id} version ${version}, ${resources.length} resources\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    io.out(options.json ? `${JSON.stringify({ ok: false, complaints: error.complaints })}\n` : `${error.message}\n`);
    return EXIT.config;
  }
}
