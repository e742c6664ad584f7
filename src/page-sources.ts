/** A part of `app`: what the status page tells beyond the status. */
import { survey, type Survey } from './core/survey.ts';
import type { Watch } from './loop/watch.ts';
import type { Store } from './ports.ts';
import type { WebOptions } from './web/server.ts';

type Surveyed = Survey & { readonly at: string };

/** `holdsData`: whether resources of a kind hold what has to have copies. */
export function pageSources(
  store: Store,
  watch: Pick<Watch, 'audited' | 'measured'>,
  holdsData: (kind: string) => boolean,
): NonNullable<WebOptions['sources']> {
  let known: { readonly of: unknown; readonly surveyed: Surveyed } | undefined;
  return {
    story: (about, limit) => store.story(about, limit),
    history: (limit) => store.history(limit),
    measured: (id) => watch.measured(id),
    // Worked out once for each audit, when somebody asks.
    survey: () => {
      const last = watch.audited();
      if (!last || known?.of === last) return known?.surveyed;
      const reports = last.audits.flatMap((audited) => audited.reports);
      const surveyed = { ...survey(last.plan.resources, reports, holdsData), at: new Date(last.at.wall).toISOString() };
      known = { of: last, surveyed };
      return surveyed;
    },
  };
}
