import { parseDuration, formatDuration } from '../values/duration.ts';
import { quote, suggestion, type Finding, type Path } from './complaint.ts';
import { entriesOf, isMap, listOf } from './findings.ts';
import { openness } from './openness.ts';

const SEVERITIES = ['critical', 'warning'] as const;

/** What stands between the parts of config.yaml. Works on raw values, so that it is found beside what is wrong with their shape. */
export function configReferences(raw: Readonly<Record<string, unknown>>): Finding[] {
  return [
    ...emptiness(raw),
    ...routing(raw),
    ...blindness(raw['defaults'], { sweep: 2000, blindAfter: 120_000 }, ['defaults']),
    ...openness(raw),
    ...unsigned(raw),
  ];
}

function* unsigned({ requests, signers }: Readonly<Record<string, unknown>>): Generator<Finding> {
  if (requests !== undefined && signers === undefined)
    yield { path: ['requests'], message: 'is of no use without signers: nobody could approve', code: 'RC_REQUESTS_UNSIGNED' };
}

function* emptiness(raw: Readonly<Record<string, unknown>>): Generator<Finding> {
  const { connections, pagers, routes } = raw;
  if (isMap(connections) && Object.keys(connections).length === 0)
    yield { path: ['connections'], message: 'declares no connection; nothing could be looked at', code: 'RC_CONNECTIONS_EMPTY' };
  if (isMap(pagers) && Object.keys(pagers).length === 0)
    yield { path: ['pagers'], message: 'declares no pager; nobody would be told', code: 'RC_PAGERS_EMPTY' };
  if (Array.isArray(routes) && routes.length === 0)
    yield { path: ['routes'], message: 'has no route; no page would go anywhere', code: 'RC_SEVERITY_UNROUTED' };
}

function* routing(raw: Readonly<Record<string, unknown>>): Generator<Finding> {
  const known = entriesOf(raw['pagers']).map(([name]) => name);
  const taken = new Set<unknown>();
  let catchAll = -1;
  const routes = listOf(raw['routes']);
  for (const [index, route] of routes.entries()) {
    if (!isMap(route)) continue;
    for (const { path, pager } of pagersNamed(route, ['routes', index])) {
      if (typeof pager !== 'string' || known.includes(pager)) continue;
      const end = suggestion(pager, known, 'declared:', 'none is declared');
      yield { path, message: `there is no pager ${quote(pager)}; ${end}`, code: 'RC_PAGER_UNKNOWN' };
    }
    const { severity } = route;
    const before = catchAll >= 0 ? `routes[${catchAll}]` : taken.has(severity) ? 'an earlier route' : undefined;
    if (before !== undefined)
      yield {
        path: ['routes', index],
        message: `is never reached: ${before} takes all of its pages; put it first or take it out`,
        code: 'RC_ROUTE_UNREACHABLE',
      };
    if (severity === undefined) catchAll = catchAll < 0 ? index : catchAll;
    else taken.add(severity);
  }
  if (routes.length === 0 || catchAll >= 0) return;
  for (const severity of SEVERITIES)
    if (!taken.has(severity))
      yield {
        path: ['routes'],
        message: `no route takes pages of severity ${severity}; end with one that has no severity`,
        code: 'RC_SEVERITY_UNROUTED',
      };
}

/** Every place of a route where a pager's name stands. */
function pagersNamed(route: Readonly<Record<string, unknown>>, at: Path): { path: Path; pager: unknown }[] {
  const list = (path: Path, names: unknown) => listOf(names).map((pager, nth) => ({ path: [...path, nth], pager }));
  const rungs = listOf(route['escalate']).flatMap((rung, nth) =>
    isMap(rung) ? list([...at, 'escalate', nth, 'pagers'], rung['pagers']) : [],
  );
  return [...list([...at, 'pagers'], route['pagers']), ...list([...at, 'fallback'], route['fallback']), ...rungs];
}

/**
 * Whether `blind_after` leaves room for the next sweep. `inherited` (ms) holds what counts where the map at `path` says nothing; a cron
 * expression (undefined) cannot be held against a duration.
 */
export function blindness(
  raw: unknown,
  inherited: { readonly sweep: number | undefined; readonly blindAfter: number },
  path: Path,
): readonly Finding[] {
  if (!isMap(raw)) return [];
  const { sweep, blind_after: blindAfter } = raw;
  if (sweep === undefined && blindAfter === undefined) return [];
  const every = typeof sweep === 'string' ? parseDuration(sweep) : sweep === undefined ? inherited.sweep : undefined;
  const after = typeof blindAfter === 'string' ? parseDuration(blindAfter) : blindAfter === undefined ? inherited.blindAfter : undefined;
  if (every === undefined || after === undefined || after >= every) return [];
  const message = `blind_after (${formatDuration(after)}) is over before the next sweep (every ${formatDuration(every)}); it must be at least as long`;
  return [{ path: [...path, blindAfter === undefined ? 'sweep' : 'blind_after'], message, code: 'RC_BLIND_AFTER_SHORT' }];
}
