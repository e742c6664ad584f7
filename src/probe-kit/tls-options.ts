import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import type { TlsPlan } from './tls.ts';

/** A plan of TLS as node:tls takes it, and drivers that hand their options on to it. */
export function tlsOptions(plan: TlsPlan | false): ConnectionOptions | false {
  if (plan === false) return false;
  const { mode, servername, ca, cert, key } = plan;
  return {
    rejectUnauthorized: mode !== 'require',
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
    // A driver may ask by the host of the server whatever it is told, so the name to verify is set here.
    ...(mode === 'verify-full' &&
      servername !== undefined && { checkServerIdentity: (_: string, shown: PeerCertificate) => checkServerIdentity(servername, shown) }),
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(servername !== undefined && { servername }),
  };
}
