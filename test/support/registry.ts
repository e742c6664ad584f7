import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry of npm on loopback that has one package more than the one behind it. */
export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/** `archive`: the packed package, served as the newest of its name. `behind`: the registry that has all others. */
export async function startRegistry(
  manifest: { readonly name: string; readonly version: string },
  archive: string,
  behind: string,
): Promise<Registry> {
  const bytes = readFileSync(archive);
  const { name, version } = manifest;
  const serve = async (path: string, response: ServerResponse, url: string): Promise<void> => {
    const file = `/${name}/-/${name}-${version}.tgz`;
    if (path === file) return void response.end(bytes);
    if (path !== `/${name}`) return pass(new URL(path.slice(1), behind), response);
    const dist = { tarball: url + file, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
    const versions = { [version]: { ...manifest, dist } };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
  };
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    serve(request.url ?? '/', response, `http://127.0.0.1:${port}`).catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function pass(url: URL, response: ServerResponse): Promise<void> {
  const answer = await fetch(url);
  const type = answer.headers.get('content-type') ?? 'application/octet-stream';
  response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
}
