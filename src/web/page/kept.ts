import type { WatchStatus } from '../../loop/self.ts';

/** Pages that are kept at a time; who asks for more different ones within half a second has each made anew. */
const KEPT = 64;

/** Makes each page once for as long as the status is the same object: two hundred viewers of one page are one page. */
export class Kept {
  #of: WatchStatus | undefined;
  #pages = new Map<string, Promise<string>>();

  /** `key` names the page with all that was asked of it. */
  page(key: string, status: WatchStatus, make: () => Promise<string>): Promise<string> {
    if (this.#of !== status) {
      this.#of = status;
      this.#pages = new Map();
    }
    const known = this.#pages.get(key);
    if (known) return known;
    const page = make();
    if (this.#pages.size < KEPT) this.#pages.set(key, page);
    return page;
  }
}
