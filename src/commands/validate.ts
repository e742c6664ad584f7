import { createSystemClock } from '../adapters/clock-system.ts';
import { checkCertificate, filesContext, settleFiles } from '../app.ts';
import { digestsOf, readSigners } from '../approval/read-signing.ts';
import { formatComplaint } from '../config/complaint.ts';
import type { Complaint } from '../config/types.ts';
import { EXIT } from '../core/exit.ts';
import { FilesError, readConfigFile, readFiles } from '../files.ts';
import type { Io } from './io.ts';
import { plainLines } from './lines.ts';
import { printStanding, sayStanding } from './say-standing.ts';

/** Reads config and manifest and says everything that is wrong with them at once; contacts nothing. */
export async function validate(io: Io, options: { readonly config: string | undefined; readonly json: boolean }): Promise<number> {
  const context = filesContext(io);
  const { complaints: wrong, warnings } = await certificateOf(options.config, io);
  try {
    const { config, manifest } = await readFiles(options.config, context);
    const { id, version, resources } = manifest;
    const signers = await readSigners(config, context);
    // A daemon goes on by those in force where these cannot be read; who asks whether the files are right is told that they are not.
    if (signers && !signers.ok) throw new FilesError(signers.complaints);
    const { standing } = await settleFiles(options.config, io);
    const digests = await digestsOf(config, manifest, context);
    if (wrong.length > 0) throw new FilesError(wrong);
    if (options.json) {
      const signing = standing.state === 'unsigned' ? {} : { signing: { ...digests, ...printStanding(standing) } };
      const about = { manifest: { id, version, resources: resources.length }, complaints: [], warnings };
      io.out(`${JSON.stringify({ ok: true, ...about, ...signing })}\n`);
      return EXIT.ok;
    }
    const named = Object.entries(digests).map(([name, digest]) => `digest of the ${name === 'sha256' ? 'manifest' : name}: ${digest}`);
    const lines = [`${config.file}: ok`, `${manifest.file}: ok, ${id} version ${version}, ${resources.length} resources`];
    const warned = warnings.map((warning) => `warning: ${formatComplaint(warning)}`);
    io.out(`${plainLines([...lines, ...warned, ...sayStanding(standing, version), ...named]).join('\n')}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    const complaints = merge(error.complaints, wrong);
    io.out(options.json ? `${JSON.stringify({ ok: false, complaints, warnings })}\n` : `${new FilesError(complaints).message}\n`);
    return EXIT.config;
  }
}

/** Nothing where config.yaml itself cannot be read, which is complained of by whoever needs it. */
async function certificateOf(option: string | undefined, io: Io): ReturnType<typeof checkCertificate> {
  try {
    const { config } = await readConfigFile(option, filesContext(io));
    return await checkCertificate(config, io.env, createSystemClock(0).now().wall);
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    return { complaints: [], warnings: [] };
  }
}

/** What is wrong with config.yaml comes first, in the order of its lines. */
function merge(found: readonly Complaint[], more: readonly Complaint[]): Complaint[] {
  const isSame = ({ file }: Complaint): boolean => more.some((one) => one.file === file);
  const config = [...new Set([...found.filter(isSame), ...more])].toSorted((a, b) => a.line - b.line || a.column - b.column);
  return [...config, ...found.filter((one) => !isSame(one))];
}
