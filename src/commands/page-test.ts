import { createSystemClock } from '../adapters/clock-system.ts';
import { systemRandom } from '../adapters/random-system.ts';
import { filesContext, makePager } from '../app.ts';
import { EXIT } from '../core/exit.ts';
import type { Page } from '../core/page.ts';
import { formatInstant } from '../core/wording.ts';
import { readFiles, secretReader } from '../files.ts';
import type { Delivery, Pager } from '../ports.ts';
import { clean } from '../values/text.ts';
import { ulid } from '../values/ulid.ts';
import type { Io } from './io.ts';

/** A real test page through each pager named, or all, with its receipt; then its resolve, so that no alert stays open. */
export async function pageTest(
  io: Io,
  options: { readonly config: string | undefined; readonly pagers: readonly string[]; readonly json: boolean },
): Promise<number> {
  const { config, manifest } = await readFiles(options.config, filesContext(io));
  const unknown = options.pagers.filter((name) => !config.pagers.has(name));
  for (const name of unknown) io.err(`rollcall: no pager '${clean(name, 80)}'; there are: ${[...config.pagers.keys()].join(', ')}\n`);
  if (unknown.length > 0) return EXIT.usage;
  const clock = createSystemClock(0);
  const names = options.pagers.length > 0 ? options.pagers : [...config.pagers.keys()];
  const now = clock.now();
  const id = ulid(now.wall, systemRandom.bytes(10));
  const page: Page = {
    schema: 'rollcall/page/v1',
    event: 'test',
    reason: 'test',
    incident: id,
    dedup_key: `rollcall/${manifest.id}/${config.watchdog.name}/@test/${id}`,
    severity: 'warning',
    summary: `test page from rollcall ${config.watchdog.name}: nothing is wrong, somebody is trying whether pages arrive`,
    watchdog: config.watchdog.name,
    at: formatInstant(now.wall),
    total: 0,
    resources: [],
    claims: [],
    links: {},
    ledger_head: null,
  };
  const secret = secretReader(io.env);
  const results = await Promise.all(
    names.map(async (name) => {
      const pager = config.pagers.get(name);
      const made = pager && makePager(pager, secret, { out: { write: (text: string) => (io.err(text), true) } }, clock);
      return {
        pager: name,
        delivery: made ? await tryPager(made, page, id, io.signal) : ({ kind: 'refused', why: 'unknown' } satisfies Delivery),
      };
    }),
  );
  if (options.json) io.out(`${JSON.stringify({ results })}\n`);
  else for (const { pager, delivery } of results) io.out(`${pager}: ${describe(delivery)}\n`);
  return results.every(({ delivery }) => delivery.kind === 'delivered') ? EXIT.ok : EXIT.critical;
}

async function tryPager(pager: Pager, page: Page, id: string, signal: AbortSignal): Promise<Delivery> {
  const delivery = await pager.deliver({ id, page }, signal);
  if (delivery.kind !== 'delivered') return delivery;
  const resolve: Page = { ...page, event: 'resolve', reason: 'resolved', summary: `${page.summary}; the test is over` };
  await pager.deliver({ id: `${id}-resolve`, page: resolve, ...(delivery.ref === null ? {} : { prior: delivery.ref }) }, signal);
  return delivery;
}

function describe(delivery: Delivery): string {
  if (delivery.kind === 'delivered') return `accepted${delivery.ref === null ? '' : `, receipt ${delivery.ref}`}`;
  return `${delivery.kind === 'refused' ? 'refused' : 'not delivered'}: ${delivery.why}`;
}
