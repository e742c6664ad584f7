import type { PrintedResource, PrintedProtection } from './page.ts';

/** How it stands with what would bring a resource back: the first thing to know of a loss is whether its backups went with it. */
export function protectionOf(
  { protected_by: guards = [] }: Pick<PrintedResource, 'protected_by'>,
  print: (id: string) => PrintedResource | undefined,
): PrintedProtection[] {
  return guards.flatMap((id) => {
    const guard = print(id);
    return guard ? [{ id, verdict: guard.verdict, summary: guard.summary, last_seen_healthy: guard.last_seen_healthy }] : [];
  });
}

/** Of what protects these resources, what is not whole either and is not itself among them. */
export function lostProtection(printed: readonly PrintedResource[]): PrintedProtection[] {
  const told = new Set(printed.map(({ id }) => id));
  const broken = printed.flatMap(({ protection = [] }) => protection.filter(({ id, verdict }) => verdict !== 'present' && !told.has(id)));
  return [...new Map(broken.map((guard) => [guard.id, guard])).values()];
}
