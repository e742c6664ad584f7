import { FormatError } from './wire.ts';

const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';

/** The largest signature file that is read, in bytes. One with a certificate of 256 names has under 20 KiB. */
export const LARGEST_SIGNATURE = 65_536;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 as OpenSSH reads it: white space anywhere, full padding, no stray bits; throws `FormatError`. */
export function decodeBase64(text: string): Buffer {
  const compact = text.replace(/[ \t\n\v\f\r]+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  if (!BASE64.test(compact) || bytes.toString('base64') !== compact) throw new FormatError('is not base64');
  return bytes;
}

/**
 * The bytes inside an armored signature (PROTOCOL.sshsig). As `ssh-keygen` has it: the first line is the header, whatever follows the
 * footer is not read. Throws `FormatError`.
 */
export function dearmor(file: Uint8Array): Buffer {
  if (file.length > LARGEST_SIGNATURE) throw new FormatError(`is longer than ${LARGEST_SIGNATURE} bytes`);
  const text = Buffer.from(file).toString('latin1');
  if (!text.startsWith(`${BEGIN}\n`)) throw new FormatError(`does not begin with "${BEGIN}"`);
  const body = text.slice(BEGIN.length + 1);
  const end = body.indexOf(`\n${END}`);
  if (end < 0) throw new FormatError(`does not end with "${END}"`);
  return decodeBase64(body.slice(0, end));
}
