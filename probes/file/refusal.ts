import type { BlindReason } from '../../src/probe.ts';

const REASONS: Readonly<Record<string, BlindReason>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  // The other end of the mount is gone, or the disk no longer answers: nothing is proven about what is on it.
  EIO: 'unreachable',
  ESTALE: 'unreachable',
  ENOTCONN: 'unreachable',
  ENXIO: 'unreachable',
  ENODEV: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ECONNABORTED: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ETIMEDOUT: 'timeout',
  EMFILE: 'throttled',
  ENFILE: 'throttled',
  ENOMEM: 'throttled',
  ELOOP: 'protocol',
  ENAMETOOLONG: 'protocol',
  EBADMSG: 'protocol',
  EUCLEAN: 'protocol',
};

/** Why a failed file system call leaves us blind; `threw` where the error is none of the file system's. */
export function refusal(error: unknown): BlindReason {
  return REASONS[errorCode(error) ?? ''] ?? 'threw';
}

/** `ENOENT` and its like, of an error thrown by node:fs. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** True where the error says that nothing of that name is there. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
