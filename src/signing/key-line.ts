import { decodeBase64 } from './armor.ts';
import { certifiedType } from './certificate.ts';
import { keyTypeOf, readKey, type SshKey } from './ssh-key.ts';
import { FormatError } from './wire.ts';

/** A public key as a line has it: type, base64, anything after. Throws `FormatError`. */
export function readKeyText(text: string): SshKey {
  const [name = '', base64 = ''] = text.split(/[ \t]+/, 2);
  if (certifiedType(name)) throw new FormatError("is a certificate; write its authority's key, after the option cert-authority");
  if (!keyTypeOf(name)) throw new FormatError('has no key of a type that is known here');
  const key = readKey(decodeBase64(base64));
  if (key.type !== name) throw new FormatError('has a key that is of another type than its line says');
  return key;
}

/** True where a line begins with the name of a type of key, known here or not. */
export const looksLikeKey = (text: string): boolean => /^(?:sk-)?(?:ssh|ecdsa)-[\w.-]+(?:@openssh\.com)?[ \t]/.test(text);
