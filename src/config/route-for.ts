import type { Severity } from '../core/expectation.ts';
import type { Later } from '../core/incident.ts';
import type { Config, Route } from './types.ts';

/** The pagers of the first route that matches. */
export function routeFor(config: Pick<Config, 'routes'>, severity: Severity): readonly string[] {
  return routeOf(config, severity)?.pagers ?? [];
}

/** Who is called in when time goes by, by the same route. */
export function laterFor(config: Pick<Config, 'routes'>, severity: Severity): Later | undefined {
  const route = routeOf(config, severity);
  if (!route || (route.fallback.length === 0 && route.escalate.length === 0)) return undefined;
  const ladder = route.escalate.map(({ after, pagers }) => ({ afterMs: after, pagers }));
  return { ladder, ...(route.fallback.length > 0 && { fallback: { afterMs: route.fallbackAfter, pagers: route.fallback } }) };
}

function routeOf(config: Pick<Config, 'routes'>, severity: Severity): Route | undefined {
  return config.routes.find((route) => route.severity === undefined || route.severity === severity);
}
