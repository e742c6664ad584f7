import { probes, settleFiles } from '../app.ts';
import { laterFor, routeFor } from '../config/route-for.ts';
import type { Config } from '../config/types.ts';
import { EXIT } from '../core/exit.ts';
import { expectedFacets, type Cadence, type Check, type Resource, type Severity } from '../core/expectation.ts';
import { BLANK } from '../core/memory.ts';
import { printResource } from '../core/print.ts';
import { NEW } from '../core/state.ts';
import { formatMeasure } from '../core/wording.ts';
import { formatDuration } from '../values/duration.ts';
import { formatShare } from '../values/share.ts';
import type { Io } from './io.ts';
import { plainLines } from './lines.ts';
import { knownIds } from './known-ids.ts';

/** Which rule, which evidence, which page would go where: for one resource, from the files and what the store remembers. */
export async function explain(
  io: Io,
  options: { readonly config: string | undefined; readonly id: string; readonly json: boolean },
): Promise<number> {
  const { config, manifest, known } = await settleFiles(options.config, io);
  const ids = knownIds([options.id], manifest, io);
  const resource = ids && manifest.resources.find(({ id }) => id === ids[0]);
  if (!resource) return EXIT.usage;
  const record = known?.resources.get(resource.id);
  const printed = printResource(resource, record?.state ?? NEW, record?.memory ?? BLANK, 0);
  const connection = config.connections.get(resource.connection);
  const prompted = connection && probes.get(connection.probe)?.prompted?.(connection.settings, resource.target);
  if (options.json) {
    const { checks, sweep, inspect, confirm, blindAfter } = resource;
    const routes = { critical: routeFor(config, 'critical'), warning: routeFor(config, 'warning') };
    const timeline = { critical: callsFor(config, 'critical'), warning: callsFor(config, 'warning') };
    io.out(
      `${JSON.stringify({ resource: printed, checks, sweep, inspect, prompted: prompted ?? null, confirm, blind_after_ms: blindAfter, routes, timeline }, null, 2)}\n`,
    );
    return EXIT.ok;
  }
  const lines = [
    `${resource.id}: ${resource.kind} on ${resource.connection}${resource.owner === undefined ? '' : `, owned by ${resource.owner}`}`,
    '',
    `looked at: sweep ${cadence(resource.sweep)}, inspection ${cadence(resource.inspect)}`,
    ...(prompted === undefined ? [] : [`and at once after ${prompted}, which itself proves nothing`]),
    `paged after: ${resource.confirm} bad looks of the last ${resource.confirm + 1}, the second on a fresh path; blindness after ${formatDuration(resource.blindAfter)}`,
    '',
    'rules:',
    ...rules(resource),
    '',
    'who is paged, when:',
    ...routes(config, resource),
    '',
    record ? `now: ${printed.verdict}: ${printed.summary}` : 'now: not known; no daemon has written to the state folder yet',
    ...(printed.last_seen_healthy ? [`last healthy: ${printed.last_seen_healthy}`] : []),
    ...printed.evidence.map(({ at, method, vantage, excerpt }) => `evidence: ${at} ${method} via ${vantage}: ${excerpt}`),
  ];
  io.out(`${plainLines(lines).join('\n')}\n`);
  return EXIT.ok;
}

function rules(resource: Resource): string[] {
  const identity = Object.entries(resource.identity).map(([key, value]) => `${key} ${value}`);
  const standing = [
    '  presence: absent after a whole listing without it',
    `  identity: ${identity.length > 0 ? `pinned by the manifest: ${identity.join(', ')}` : 'trusted on first use, then pinned in the store'}`,
  ];
  const depths = expectedFacets(resource);
  return [
    ...standing,
    ...resource.checks.map((check) => `  ${check.path}: ${check.breach} ${condition(check)} (${depths.get(check.facet) ?? check.depth})`),
  ];
}

/** The rule as a person reads it: bounds with their units, and what cannot be said in a number in the words of its breach. */
function condition({ rule, unit, noun, sentence }: Check): string {
  const bound = (value: number): string => formatMeasure({ value, unit: unit ?? 'count', how: 'exact' }) + (noun === '' ? '' : ` ${noun}`);
  switch (rule.is) {
    case 'at_least':
      return `unless it is at least ${bound(rule.bound)}`;
    case 'at_most':
      return `unless it is at most ${bound(rule.bound)}`;
    case 'equals':
      return sentence === undefined ? `unless it is ${rule.value}` : `where ${sentence}`;
    case 'never_shrinks':
      return 'where it falls below the most that was ever there';
    case 'shrinks_at_most':
      return `where it falls more than ${formatShare(rule.share)} below the most that was ever there`;
    case 'churns_at_most':
      return `where more than ${formatShare(rule.share)} is deleted between two looks`;
    case 'rises_at_most':
      return `where more than ${bound(rule.bound)} are counted between two looks`;
    case 'jumps':
      return `never by itself: an inspection is due where more ${noun} are counted than of late`;
    case 'falls':
      return 'never by itself: an inspection is due where it falls by more than of late';
    case 'restarts':
      return `never by itself: an inspection is due where ${noun} are counted anew`;
  }
}

/** The cases of one severity, and below them who is called then, when, in which order. */
function routes(config: Config, resource: Resource): string[] {
  const own = resource.severity;
  const cases: readonly (readonly [string, Severity])[] = [
    ['gone, another under its name, marked for deletion', own],
    ['content shrank', severityOf(resource, 'diminished', own)],
    ['stale', severityOf(resource, 'stale', 'warning')],
    ['a protection weakened, a sign before the harm, no proof', severityOf(resource, 'exposed', 'warning')],
    [`could not be seen for ${formatDuration(resource.blindAfter)}`, own],
  ];
  return (['critical', 'warning'] as const).flatMap((severity) => {
    const mine = cases.flatMap(([what, weight]) => (weight === severity ? [what] : []));
    if (mine.length === 0) return [];
    const calls = callsFor(config, severity).map(({ after_ms: after, unless, pagers }) => {
      const who = pagers.map((name) => `${name} (${config.pagers.get(name)?.type ?? 'unknown'})`).join(', ');
      return after === 0 ? `    at once: ${who}` : `    after ${formatDuration(after)}, unless ${unless}: ${who}`;
    });
    const repeat = `    every ${formatDuration(config.defaults.repeat)}, until acknowledged or resolved: all who were called so far`;
    return [`  ${severity}: ${mine.join('; ')}`, ...calls, repeat];
  });
}

/** What a breach of this kind weighs here: the gravest that one of the checks says, else what it weighs by default. */
function severityOf(resource: Resource, kind: Check['breach'], usual: Severity): Severity {
  const said = resource.checks.flatMap(({ breach, severity }) => (breach === kind ? [severity ?? usual] : []));
  return said.length === 0 ? usual : said.includes('critical') ? 'critical' : 'warning';
}

/** Who is called, in order of time; whoever has been called already is not called in again. */
function callsFor(
  config: Config,
  severity: Severity,
): { readonly after_ms: number; readonly unless?: string; readonly pagers: readonly string[] }[] {
  const { fallback, ladder } = laterFor(config, severity) ?? { ladder: [] };
  const later = [
    ...(fallback ? [{ after_ms: fallback.afterMs, unless: 'all before have accepted', pagers: fallback.pagers }] : []),
    ...ladder.map((rung) => ({ after_ms: rung.afterMs, unless: 'somebody acknowledged', pagers: rung.pagers })),
  ];
  return [{ after_ms: 0, pagers: routeFor(config, severity) }, ...later.sort((a, b) => a.after_ms - b.after_ms)];
}

function cadence(value: Cadence): string {
  return 'every' in value ? `every ${formatDuration(value.every)}` : `by cron '${value.cron}'`;
}
