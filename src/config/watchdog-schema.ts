import * as z from 'zod';
import { name, path, secretRef, webUrl } from '../values/fields.ts';
import { elsewhere, listen } from './fields.ts';

/** The watcher itself: who it is, where it remembers, where it can be asked. */
export const watchdogSchema = () =>
  z.strictObject({
    name: name(40).describe('who pages: a name for this watcher'),
    state: path().optional().describe('folder of the embedded store (default $STATE_DIRECTORY, else ./state)'),
    listen: listen()
      .default({ host: '127.0.0.1', port: 7878 })
      .describe(
        'address of the status page, the API, /metrics, /healthz and /readyz (default 127.0.0.1:7878), or unix:/PATH of a socket; off for none',
      ),
    tls: z
      .strictObject({
        cert: path().describe('PEM file of the certificate, and after it of those between it and the authority'),
        key: secretRef().describe('its private key (PEM), as a reference to a secret'),
      })
      .optional()
      .describe('TLS for that interface; needed where listen is open to other machines. Renewed files are picked up'),
    url: webUrl().optional().describe('where people reach that interface, for the links in pages (default: the address it listens on)'),
    behind_proxy: z
      .boolean()
      .optional()
      .describe('whether the last address in X-Forwarded-For, which a proxy on this machine adds, is taken for who asks (default false)'),
    witness: elsewhere()
      .optional()
      .describe('host:port that has nothing to do with what is watched: where it is out of reach too, the pages of blindness say so'),
    token: secretRef().optional().describe('bearer token to read everything at the HTTP interface; tokens has more of them, by name'),
  });
