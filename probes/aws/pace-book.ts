import { Pace } from './pace.ts';

type PaceClock = ConstructorParameters<typeof Pace>[0];

/** The paces of one connection: one for each API in each region, as AWS counts them. They outlive sessions. */
export class PaceBook {
  readonly #clock: PaceClock;
  readonly #paces = new Map<string, Map<string, Pace>>();

  constructor(clock: PaceClock) {
    this.#clock = clock;
  }

  of(region: string, api: string): Pace {
    const here = this.#paces.get(region) ?? new Map<string, Pace>();
    this.#paces.set(region, here);
    const pace = here.get(api) ?? new Pace(this.#clock, Math.random);
    here.set(api, pace);
    return pace;
  }

  /** Every API of a region that is asked more slowly than usual, in words; undefined where none is. */
  slowed(region: string): string | undefined {
    const said = [...(this.#paces.get(region) ?? [])].flatMap(([api, { slowed }]) => (slowed === undefined ? [] : [`${api} ${slowed}`]));
    return said.length === 0 ? undefined : said.join('; ');
  }
}
