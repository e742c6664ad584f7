import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { WatchStatus } from '../../src/loop/self.ts';
import { listen, type WebServer } from '../../src/web/listen.ts';
import { makePrintedResource } from '../support/page.ts';
import { makeStatus, makeTroubled } from '../support/status.ts';

/** Debian's package chromium; a missing one fails the suite. */
const CHROMIUM = 'chromium';
const INCIDENT = '/incidents/01JD6ZZZZZZZZZZZZZZZZZZZZZ';

describe('the status page in a browser', function () {
  this.timeout(120_000);
  let browser: Browser;
  before(async () => {
    const path = process.env['PATH']?.split(':').map((folder) => `${folder}/${CHROMIUM}`);
    const { existsSync } = await import('node:fs');
    const executablePath = path?.find((one) => existsSync(one));
    assert.ok(executablePath, `${CHROMIUM} is not installed`);
    // The sandbox needs a user of its own, which root in a container has not.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  after(async () => browser.close());

  async function serve(status: () => WatchStatus): Promise<WebServer> {
    return listen({ at: { host: '127.0.0.1', port: 0 }, token: undefined, version: '1.2.3', status });
  }

  /** Opens a page; whatever it complains of but `expected`, or runs of what is hostile, fails the test at its end. */
  async function open(url: string, options: BrowserContextOptions, look: (page: Page) => Promise<void>, expected = /^$/): Promise<void> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('dialog', (dialog) => {
      complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin && !request.url().startsWith('data:'))
        complaints.push(`asked ${request.url()}`);
    });
    try {
      await page.goto(url, { waitUntil: 'load' });
      await look(page);
      assert.deepEqual(
        complaints.filter((complaint) => !expected.test(complaint)),
        [],
      );
    } finally {
      await context.close();
    }
  }

  for (const [name, count] of [
    ['nothing', 0],
    ['one resource', 1],
    ['ten thousand resources', 10_000],
  ] as const)
    it(`is sound for a screen reader and fits a phone, with ${name} on the roll, by day and by night`, async () => {
      const status = makeTroubled(count);
      const web = await serve(() => status);
      try {
        for (const path of count === 0 ? ['/'] : ['/', '/resources/orders-db', INCIDENT])
          for (const colorScheme of ['light', 'dark'] as const)
            await open(web.url + path, { colorScheme, viewport: { width: 390, height: 844 } }, async (page) => {
              const { violations } = await new AxeBuilder({ page }).analyze();
              assert.deepEqual(
                violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`),
                [],
              );
              const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
              assert.equal(wide, 0, `${path} scrolls sideways`);
            });
      } finally {
        await web.close();
      }
    });

  it('shows hostile names and runs none of them', async () => {
    const status = makeTroubled(5);
    const web = await serve(() => status);
    try {
      for (const path of ['/', '/resources/evil', '/resources/users-db', '/?q=<script>alert(1)</script>'])
        await open(web.url + path, {}, async (page) =>
          assert.ok((await page.content()).includes('&lt;script&gt;alert(1)') || path.includes('users')),
        );
    } finally {
      await web.close();
    }
  });

  it('puts in what changes while it is open, leaves the reader in his place, and says so when it has lost the watcher', async () => {
    let status = makeStatus({ resources: [makePrintedResource({ verdict: 'present' })] });
    const web = await serve(() => status);
    const look = async (page: Page): Promise<void> => {
      await page.getByRole('heading', { name: 'Everything answered' }).waitFor();
      await page.getByText('Live. As of').waitFor();
      await page.getByRole('searchbox').fill('ord');
      status = makeStatus({ resources: [makePrintedResource({ verdict: 'absent' })] });
      await page.getByRole('heading', { name: '1 lost' }).waitFor();
      assert.match(await page.title(), /^✕ 1 lost/);
      assert.equal(await page.getByRole('searchbox').inputValue(), 'ord');
      await page.context().setOffline(true);
      await web.close();
      await page.getByText('Not up to date').waitFor();
      assert.equal(await page.evaluate('document.body.classList.contains("stale")'), true);
    };
    // The browser itself complains of the connection that this test cuts.
    await open(`${web.url}/`, {}, look, /net::ERR_/);
  });

  it('can be used by keys alone', async () => {
    const status = makeTroubled(250);
    const web = await serve(() => status);
    try {
      await open(`${web.url}/`, {}, async (page) => {
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate('document.activeElement.textContent'), 'To the contents');
        await page.keyboard.press('Enter');
        await page.getByRole('searchbox').focus();
        await page.keyboard.type('db-24');
        await page.keyboard.press('Enter');
        await page.getByText('11 of 250 resources').waitFor();
      });
    } finally {
      await web.close();
    }
  });

  it('is whole without JavaScript, and comes anew by itself', async () => {
    const status = makeTroubled(250);
    const web = await serve(() => status);
    try {
      await open(`${web.url}/`, { javaScriptEnabled: false }, async (page) => {
        await page.getByRole('heading', { name: '1 lost' }).waitFor();
        assert.equal(await page.locator('noscript meta[http-equiv=refresh]').count(), 1);
        await page.getByRole('link', { name: 'Next' }).click();
        await page.getByText('page 2 of 3').waitFor();
      });
    } finally {
      await web.close();
    }
  });
});
