import type { Page } from '../../src/core/page.ts';
import { startReceiver, type Received, type Receiver } from './receiver.ts';

/** A receiver of webhook pages, asked by what they say. */
export interface PostBox extends AsyncDisposable {
  readonly receiver: Receiver;
  readonly url: string;
  readonly pages: readonly Page[];
  /** The first page that `wanted` accepts, among those that came and those that will. */
  page(wanted: (page: Page, request: Received) => boolean, withinMs?: number): Promise<Page>;
  /** All attempts at one page, refused ones included. */
  attempts(wanted: (page: Page) => boolean): Received[];
}

export async function startPostBox(): Promise<PostBox> {
  const receiver = await startReceiver();
  const posts = (): Received[] => receiver.requests.filter(({ method }) => method === 'POST');
  return {
    receiver,
    url: `${receiver.url}/page`,
    get pages() {
      return posts().map(({ body }) => body as Page);
    },
    attempts: (wanted) => posts().filter(({ body }) => wanted(body as Page)),
    async page(wanted, withinMs = 90_000) {
      const until = Date.now() + withinMs;
      for (;;) {
        const found = posts().find((request) => wanted(request.body as Page, request));
        if (found) return found.body as Page;
        if (Date.now() > until) {
          const came = posts().map(({ body }) => `${(body as Page).event} ${(body as Page).reason}: ${(body as Page).summary}`);
          throw new Error(`no such page within ${withinMs} ms; there came:\n${came.join('\n')}`);
        }
        await Promise.race([receiver.received(receiver.requests.length + 1), new Promise((resolve) => setTimeout(resolve, 100))]);
      }
    },
    [Symbol.asyncDispose]: () => receiver.close(),
  };
}

/** A page about this resource with this verdict. */
export function about(id: string, verdict?: string): (page: Page) => boolean {
  return ({ event, resources }) =>
    event !== 'resolve' && resources.some((resource) => resource.id === id && (verdict === undefined || resource.verdict === verdict));
}

/** A page about a trouble of the watcher's own. */
export function trouble(path: string): (page: Page) => boolean {
  return ({ event, resources }) => event !== 'resolve' && resources.some(({ breaches }) => breaches.some((breach) => breach.path === path));
}
