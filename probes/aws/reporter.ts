import type { Blind, Control, Evidence, Facet, Listing, Seen, Unseen, Wanted, WholeListing } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { facetsAt } from './facets.ts';
import type { AwsTarget, Reading } from './kind.ts';
import type { Vantage } from './vantage.ts';

/** Why something could not be looked at. */
export type Denial = Pick<Blind, 'reason'> & { readonly say: string };

/** Writes the reports of one look: every text in them passes through here, cleaned and bounded. */
export class Reporter {
  readonly #vantage: Pick<Vantage, 'name' | 'region' | 'identity' | 'now' | 'slowed'>;

  constructor(vantage: Pick<Vantage, 'name' | 'region' | 'identity' | 'now' | 'slowed'>) {
    this.#vantage = vantage;
  }

  evidence(method: string, excerpt: string): Evidence {
    const { name, region, now, slowed } = this.#vantage;
    const slow = slowed();
    const say = slow === undefined ? excerpt : `${excerpt} (${slow})`;
    return { method: clean(method, 120), vantage: clean(`${name} in ${region}`, 200), at: now(), excerpt: clean(say) };
  }

  /** What a reading says of one resource: seen, and blind to what it could not say. */
  seen({ id, checks }: Wanted<AwsTarget>, reading: Reading, method: string, note = ''): (Seen | Blind)[] {
    const { pin, measures, doom, blind = [] } = reading;
    const evidence = this.evidence(method, `${reading.say}${note}`);
    const dark = blind.map((one) => ({ ...one, facets: facetsAt(checks, 'sweep').filter((facet) => one.facets.includes(facet)) }));
    const unseen = new Set(dark.flatMap(({ facets }) => facets));
    const looked = facetsAt(checks, 'sweep').filter((facet) => !unseen.has(facet));
    const identity = Object.fromEntries(Object.entries(pin).map(([key, value]) => [key, clean(value, 255)]));
    return [
      { kind: 'seen', id, pin: identity, looked, measures, evidence, ...(doom && { doom: cleaned(doom) }) },
      ...dark.flatMap(({ facets, reason, say }) => this.blind(id, facets, method, { reason, say })),
    ];
  }

  /** Nothing where there is no facet to be blind to. */
  blind(id: string, facets: readonly Facet[], method: string, { reason, say }: Denial): Blind[] {
    return facets.length === 0 ? [] : [{ kind: 'blind', id, facets, reason, evidence: this.evidence(method, say) }];
  }

  listing(
    call: string,
    read: { readonly pages: number; readonly items: number; readonly strangers: number; readonly complete: boolean },
  ): Listing {
    const { pages, items, strangers, complete } = read;
    const said = `${items} listed on ${pages} ${pages === 1 ? 'page' : 'pages'}, ${complete ? 'read to the end' : 'not read to the end'}`;
    const { region, identity } = this.#vantage;
    const caller = Object.fromEntries(Object.entries(identity).map(([key, value]) => [key, clean(value, 255)]));
    return { scope: clean(`${call} in ${region}`), caller, pages, complete, strangers, evidence: this.evidence(call, said) };
  }

  whole(listing: Listing, control: Control): WholeListing {
    const safe =
      control.by === 'typed-not-found' ? { ...control, code: clean(control.code, 80) } : { ...control, what: clean(control.what) };
    return { ...listing, complete: true, control: safe };
  }

  unseen(id: string, listing: WholeListing, direct?: Evidence): Unseen {
    return { kind: 'unseen', id, listing, ...(direct && { direct }) };
  }
}

function cleaned({ what, undo, undoBefore }: NonNullable<Seen['doom']>): NonNullable<Seen['doom']> {
  return { what: clean(what), ...(undo !== undefined && { undo: clean(undo) }), ...(undoBefore !== undefined && { undoBefore }) };
}
