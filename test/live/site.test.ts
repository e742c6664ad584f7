import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { makeSite } from '../../scripts/docs/site.ts';
import { launchChromium } from '../support/chromium.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { ROOT } from '../support/source-file.ts';

describe('the site in a browser', function () {
  this.timeout(300_000);
  let site: ReadonlyMap<string, string>;
  let browser: Browser;
  let server: Server;
  let folder: Folder;
  let url: string;
  before(async () => {
    site = makeSite(ROOT);
    folder = makeFolder();
    for (const [path, text] of site) {
      mkdirSync(dirname(join(folder.path, path)), { recursive: true });
      writeFileSync(join(folder.path, path), text);
    }
    server = createServer((request, response) => {
      const path = (request.url ?? '/').slice(1) || 'index.html';
      const text = site.get(path);
      response.writeHead(text === undefined ? 404 : 200, { 'content-type': path.endsWith('.css') ? 'text/css' : 'text/html' }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    folder?.remove();
  });

  /** Looks at one page; what the browser complains of fails the test, and a request to elsewhere does. */
  async function open(address: string, options: BrowserContextOptions, look: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && !message.text().includes('favicon') && complaints.push(message.text()));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    await page.goto(address, { waitUntil: 'load' });
    await look(page);
    await context.close();
    // The only thing that a browser asks for by itself is a favicon, which there is none of.
    assert.deepEqual(
      complaints.filter((text) => !text.includes('404')),
      [],
      address,
    );
  }

  const sideways = (page: Page) => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  /** One of each kind, those with the widest tables and the longest lines among them. */
  const PAGES = [
    'index.html',
    'docs/verdicts.html',
    'docs/codes.html',
    'docs/threat-model.html',
    'docs/commands.html',
    'probes/postgres/index.html',
    'files/config.example.yaml.html',
    'CHANGELOG.html',
  ];

  for (const path of PAGES)
    it(`is sound for a screen reader and fits a phone, by day and by night: ${path}`, async () => {
      for (const colorScheme of ['light', 'dark'] as const)
        for (const viewport of [
          { width: 390, height: 844 },
          { width: 1280, height: 900 },
        ])
          await open(url + path, { colorScheme, viewport }, async (page) => {
            const { violations } = await new AxeBuilder({ page }).analyze();
            assert.deepEqual(
              violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
              [],
            );
            assert.equal(await sideways(page), 0, `${path} scrolls sideways at ${viewport.width}`);
          });
    });

  it('is read without JavaScript, from a disk too, in its own colours', async () => {
    for (const address of [url, pathToFileURL(join(folder.path, 'index.html')).href])
      await open(address, { javaScriptEnabled: false, colorScheme: 'dark' }, async (page) => {
        await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'What rollcall says' }).click();
        await page.getByRole('heading', { level: 1, name: 'What rollcall says' }).waitFor();
      });
    for (const address of [url, pathToFileURL(join(folder.path, 'index.html')).href])
      await open(address, { colorScheme: 'dark' }, async (page) => {
        assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(20, 23, 28)', address);
      });
  });
});
