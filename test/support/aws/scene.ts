import { callerIs, DENIED, STUB_ACCOUNT, type AwsStub, type Fault, type StubAnswer } from './stub.ts';
import { AWS_KEY } from './watcher.ts';
import type { World } from './world.ts';

interface Listed<Item> {
  readonly items: readonly Item[];
  /** Which of the world's names it is, or is a part of. */
  readonly nameOf: (item: Item) => string;
  /** One page, in the form of the API. */
  readonly page: (items: readonly Item[], token: string | undefined) => StubAnswer;
  /** How the API says that it is asked too often. */
  readonly throttled: Fault;
  /** What the call by name says where there is nothing; where it has no word for it, an empty page. */
  readonly none?: Fault;
}

/** A page holds two. */
const PAGE = 2;

/** One listing of things on the stub that come, change and go. */
export class Scene<Item extends object> {
  readonly #listed: Listed<Item>;
  readonly #hidden = new Set<string>();
  items: readonly Item[];
  #first: StubAnswer | undefined;
  #second: StubAnswer | undefined;

  constructor(listed: Listed<Item>) {
    this.#listed = listed;
    this.items = listed.items;
  }

  /** What a call is answered: a page of the listing from `token` on, or what `only` takes. */
  answer(token: string | undefined, only?: (item: Item) => boolean): StubAnswer {
    if (this.#first) return this.#first;
    const { page, none, nameOf } = this.#listed;
    if (only) {
      const found = this.items.filter(only);
      return found.length === 0 && none ? none : page(found, undefined);
    }
    if (token !== undefined && this.#second) return this.#second;
    const from = Number(token ?? 0);
    const shown = this.items.filter((item) => !this.#hidden.has(nameOf(item)));
    return page(shown.slice(from, from + PAGE), from + PAGE < shown.length ? String(from + PAGE) : undefined);
  }

  change(name: string, more: Partial<Item>): void {
    this.items = this.items.map((item) => (this.#listed.nameOf(item) === name ? { ...item, ...more } : item));
  }

  destroy(name: string): void {
    this.items = this.items.filter((item) => this.#listed.nameOf(item) !== name);
  }

  /** The world of it: what every listing on the stub can be made to do, and what `own` adds. */
  world(stub: AwsStub, { can, ...own }: Pick<World, 'names' | 'entry' | 'areSets' | 'can'>): World {
    const connection = { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY };
    return {
      connection,
      ...own,
      destroy: async (name) => this.destroy(name),
      destroyAll: async () => void (this.items = []),
      can: {
        deny: async () => void (this.#first = DENIED),
        throttleSecondPage: async () => {
          this.#second = this.#listed.throttled;
          return [...new Set(this.items.slice(0, PAGE).map((item) => this.#listed.nameOf(item)))];
        },
        elsewhere: async () => {
          stub.on('sts:GetCallerIdentity', callerIs('999988887777'));
          return connection;
        },
        hide: async (name) => void this.#hidden.add(name),
        show: async () => this.#hidden.clear(),
        hang: async (from) => {
          if (from === 'first page') this.#first = 'hang';
          else this.#second = 'hang';
        },
        ...can,
      },
      [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
    };
  }
}
