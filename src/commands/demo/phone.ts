import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '../../core/page.ts';

const LARGEST = 1024 * 1024;

/** A receiver of pages on loopback, standing for the telephone of whoever is on call. */
export interface Phone {
  readonly url: string;
  /** The first page that `wanted` accepts, and when it came (performance.now); rejects with the signal's reason. */
  next(wanted: (page: Page) => boolean, signal: AbortSignal): Promise<{ readonly page: Page; readonly at: number }>;
  close(): Promise<void>;
}

export async function startPhone(): Promise<Phone> {
  const pages: { page: Page; at: number }[] = [];
  const rings = new EventTarget();
  const server = createServer((request, response) => {
    const at = performance.now();
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST) chunks.push(chunk);
    });
    request.on('end', () => {
      response.writeHead(202).end();
      pages.push({ page: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Page, at });
      rings.dispatchEvent(new Event('ring'));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`,
    next: (wanted, signal) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pages.find(({ page }) => wanted(page));
          if (found) resolve(found);
        };
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        rings.addEventListener('ring', look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
