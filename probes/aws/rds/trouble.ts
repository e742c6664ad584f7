/** Statuses in which data cannot be had, for longer than a restart takes: of instances and of clusters. */
const TROUBLE: ReadonlySet<string> = new Set([
  'failed',
  'inaccessible-encryption-credentials',
  'inaccessible-encryption-credentials-recoverable',
  'incompatible-restore',
  'restore-error',
]);

/** The status, where it is one of trouble; else empty. */
export function troubleOf(status: string): string {
  return TROUBLE.has(status) ? status : '';
}
