import type { Incident } from '../core/incident.ts';
import type { Page } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import type { Post } from '../ports.ts';
import { gravity } from './precedence.ts';

/** The letters on their way to the pagers: in line per key and pager, and kept with their receipts while their incident is open. */
export class Tray {
  readonly #newId: (at: Instant) => string;
  readonly #posts = new Map<string, Post>();
  readonly #out = new Set<string>();
  /** Written down by a process that is no more: they may have left, and have been taken. */
  readonly #inherited = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #dropped = new Set<string>();
  /** Worded since the last `hold()`. */
  readonly #worded = new Set<string>();
  /** What may not leave yet: by post, since which `hold()`. */
  readonly #held = new Map<string, number>();
  #holds = 0;
  #seq = 0;

  constructor(newId: (at: Instant) => string, posts: readonly Post[]) {
    this.#newId = newId;
    for (const post of posts) {
      this.#posts.set(post.id, post);
      this.#seq = Math.max(this.#seq, post.seq);
      this.#inherited.add(post.id);
    }
  }

  /** Puts a letter in line. What waits there untried is reworded rather than followed, so that nobody is told old news first. */
  put(incident: Pick<Incident, 'id' | 'key'>, pager: string, page: Page, at: Instant): void {
    const waiting = [...this.#posts.values()].filter(
      (post) => post.incident === incident.id && post.pager === pager && !post.receipt && !this.#out.has(post.id),
    );
    const trigger = waiting.find((post) => post.page.event === 'trigger');
    for (const post of waiting) if (post.page.event === 'update') this.drop(post.id);
    if (trigger && page.event !== 'resolve') {
      this.drop(trigger.id);
      const reworded = { ...page, event: trigger.page.event, reason: trigger.page.reason };
      // A letter that may have arrived keeps its identity only with its wording: reworded, it is another letter.
      const untried = trigger.attempts === 0 && !this.#inherited.has(trigger.id);
      this.#word({ ...trigger, id: untried ? trigger.id : this.#newId(at), page: reworded });
      return;
    }
    this.#word({
      id: this.#newId(at),
      seq: ++this.#seq,
      key: incident.key,
      incident: incident.id,
      pager,
      page,
      attempts: 0,
      notBefore: at.steady,
    });
  }

  /**
   * Keeps back what was worded since the last call while it is being `written`: until it is in the store, or the store is known not to take it. A
   * letter that is reworded meanwhile waits for its new words.
   */
  async hold(written: Promise<void>): Promise<void> {
    const [held, turn] = [[...this.#worded], ++this.#holds];
    this.#worded.clear();
    for (const id of held) this.#held.set(id, turn);
    await written;
    for (const id of held) if (this.#held.get(id) === turn) this.#held.delete(id);
  }

  /** What may be attempted now, gravest and oldest first: per key and pager only the first in line, and none already in flight. */
  deliverable(now: Instant): Post[] {
    const heads = new Map<string, Post>();
    for (const post of this.#posts.values()) {
      if (post.receipt) continue;
      const lane = `${post.pager}\n${post.key}`;
      const head = heads.get(lane);
      if (!head || post.seq < head.seq) heads.set(lane, post);
    }
    return [...heads.values()]
      .filter((post) => post.notBefore <= now.steady && !this.#out.has(post.id) && !this.#held.has(post.id))
      .sort((a, b) => gravity(b.page) - gravity(a.page) || a.seq - b.seq);
  }

  /** The receiver's name for the last message under this key, if it has one. */
  prior(post: Post): string | undefined {
    let latest: Post | undefined;
    for (const other of this.#posts.values())
      if (
        other.receipt?.ref &&
        other.key === post.key &&
        other.pager === post.pager &&
        other.seq < post.seq &&
        other.seq > (latest?.seq ?? -1)
      )
        latest = other;
    return latest?.receipt?.ref ?? undefined;
  }

  /** What failed before is tried again at once: all of it, or what one pager is owed. */
  hurry(pager?: string): void {
    for (const post of this.undelivered())
      if (post.attempts > 0 && !this.#out.has(post.id) && (pager === undefined || post.pager === pager))
        this.#keep({ ...post, notBefore: 0 });
  }

  undelivered(): Post[] {
    return [...this.#posts.values()].filter((post) => !post.receipt);
  }

  /** It is being attempted; until it is back nothing else of its line leaves. */
  leaves(id: string): void {
    this.#out.add(id);
  }

  isOut(id: string): boolean {
    return this.#out.has(id);
  }

  /** The attempt failed. */
  back(post: Post, after: Pick<Post, 'notBefore'> & { readonly lastError: string }): void {
    this.#out.delete(post.id);
    if (this.#posts.has(post.id)) this.#keep({ ...post, ...after, attempts: post.attempts + 1 });
  }

  /** The receiver has it. */
  accepted(post: Post, receipt: NonNullable<Post['receipt']>): void {
    this.#out.delete(post.id);
    this.#keep({ ...post, attempts: post.attempts + 1, receipt });
  }

  drop(id: string): void {
    this.#posts.delete(id);
    this.#changed.delete(id);
    this.#held.delete(id);
    this.#worded.delete(id);
    this.#dropped.add(id);
  }

  dropWhere(unwanted: (post: Post) => boolean): void {
    for (const post of this.#posts.values()) if (unwanted(post)) this.drop(post.id);
  }

  /** What has changed since the last call. */
  drain(): { readonly posts: readonly Post[]; readonly dropped: readonly string[] } {
    const change = { posts: [...this.#changed].flatMap((id) => this.#posts.get(id) ?? []), dropped: [...this.#dropped] };
    this.#changed.clear();
    this.#dropped.clear();
    return change;
  }

  /** A change that could not be written comes again with the next `drain()`. */
  redo(posts: readonly Post[], dropped: readonly string[]): void {
    for (const post of posts) if (this.#posts.has(post.id)) this.#changed.add(post.id);
    for (const id of dropped) if (!this.#posts.has(id)) this.#dropped.add(id);
  }

  /** A letter that says something new. */
  #word(post: Post): void {
    this.#worded.add(post.id);
    this.#keep(post);
  }

  #keep(post: Post): void {
    this.#posts.set(post.id, post);
    this.#changed.add(post.id);
    this.#dropped.delete(post.id);
  }
}
