/** A part of `app`: what is wrong, or soon will be, with the certificate that config.yaml names for the HTTP interface. */
import type { Complaint, Config } from './config/types.ts';
import { secretReader, type FilesContext } from './files.ts';

export interface CertificateChecked {
  readonly complaints: readonly Complaint[];
  /** With it the daemon starts, and people reach it. */
  readonly warnings: readonly Complaint[];
}

type Named = Pick<Config, 'file' | 'watchdog' | 'certificatePlace'>;

/** Nothing where it names none. `at`: now, ms since 1970. */
export async function checkCertificate(config: Named, env: FilesContext['env'], at: number): Promise<CertificateChecked> {
  const { file, watchdog, certificatePlace } = config;
  const { tls, url } = watchdog;
  if (!tls || !certificatePlace) return { complaints: [], warnings: [] };
  const say = (code: Complaint['code'], message: string): Complaint[] => [
    { file, ...certificatePlace, path: 'watchdog.tls.cert', message, code },
  ];
  // A key that cannot be had is complained of where it is named.
  const key = await secretReader(env)(tls.key).catch(() => undefined);
  if (!key) return { complaints: [], warnings: [] };
  const { Certificate } = await import('./web/certificate.ts');
  const certificate = await Certificate.read(tls.cert, async () => key).catch((error: unknown) => (error as Error).message);
  if (typeof certificate === 'string') return { complaints: say('RC_CERTIFICATE_UNUSABLE', certificate), warnings: [] };
  const { from, until } = certificate.term;
  const day = (moment: number): string => new Date(moment).toISOString();
  if (until <= at) return { complaints: say('RC_CERTIFICATE_OVER', `ended on ${day(until)}: nobody's browser takes it`), warnings: [] };
  if (from > at) return { complaints: say('RC_CERTIFICATE_OVER', `does not count before ${day(from)}`), warnings: [] };
  const host = url === undefined ? undefined : new URL(url).hostname;
  return {
    complaints: [],
    warnings: [
      ...(certificate.due <= at ? say('RC_CERTIFICATE_ENDING', `ends on ${day(until)}: renew it; the daemon takes it up by itself`) : []),
      ...(host !== undefined && !certificate.isFor(host) ? say('RC_CERTIFICATE_NAME', `is not for ${host}, which watchdog.url names`) : []),
    ],
  };
}
