import type { Code } from '../config/complaint.ts';
import type { Tampering } from '../core/standing.ts';
import { FilesError } from '../files.ts';
import type { Settled } from './settle.ts';

const CODE_OF: Readonly<Record<Tampering['kind'], Code>> = {
  unreadable: 'RC_MANIFEST_UNSIGNED',
  unsigned: 'RC_MANIFEST_UNSIGNED',
  'under-signed': 'RC_MANIFEST_UNDERSIGNED',
  replay: 'RC_MANIFEST_REPLAYED',
  rollback: 'RC_MANIFEST_ROLLBACK',
  fork: 'RC_MANIFEST_FORK',
  gap: 'RC_MANIFEST_GAP',
  frozen: 'RC_MANIFEST_FROZEN',
  'other-manifest': 'RC_MANIFEST_OTHER',
  'out-of-reach': 'RC_MANIFEST_UNREACHABLE',
  'other-signers': 'RC_SIGNERS_CHANGED',
};

/** Throws `FilesError` where what lies on the disk is not what people signed: a check answers for the files, not for what the store knows. */
export function refuseTampered({ config, standing: { tampering, signersChanged } }: Pick<Settled, 'config' | 'standing'>): void {
  const at = { line: 1, column: 1 };
  const changed = { ...at, file: config.file, path: 'signers', message: signersChanged ?? '', code: 'RC_SIGNERS_CHANGED' };
  const complaints = signersChanged === undefined ? [] : [changed];
  if (!tampering && complaints.length === 0) return;
  const { kind, why, change } = tampering ?? {};
  const message = `${why}${change === undefined ? '' : `; it would change: ${change}`}`;
  const refused = kind === undefined ? [] : [{ ...at, file: config.manifest, path: '(file)', message, code: CODE_OF[kind] }];
  throw new FilesError([...refused, ...complaints]);
}
