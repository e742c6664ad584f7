import type { Page } from '../../src/core/page.ts';
import type { Delivery, Letter, Pager } from '../../src/ports.ts';

export interface Recorded {
  readonly page: Page;
  /** On the clock of `performance.now()`, ms. */
  readonly at: number;
}

/** A pager that accepts everything and remembers when. */
export class RecordingPager implements Pager {
  readonly name = 'recorder';
  readonly pages: Recorded[] = [];

  async deliver({ page }: Letter): Promise<Delivery> {
    this.pages.push({ page, at: performance.now() });
    return { kind: 'delivered', ref: null };
  }
}
