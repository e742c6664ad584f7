const FORM = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(Z|UTC)?$/i;

/**
 * A moment as ssh-keygen(1) writes it: `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, in the time zone of the host, or in UTC where `Z` or `UTC` follows.
 * Ms since 1970; undefined for what is no such moment.
 */
export function parseAbsoluteTime(text: string): number | undefined {
  const [, ...parts] = FORM.exec(text) ?? [];
  if (parts.length === 0) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map((part) => Number(part ?? 0));
  const utc = parts[6] !== undefined;
  const at = utc ? Date.UTC(year, month - 1, day, hour, minute, second) : new Date(year, month - 1, day, hour, minute, second).getTime();
  const calendar = new Date(Date.UTC(year, month - 1, day));
  const right = calendar.getUTCMonth() === month - 1 && calendar.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return right && at > 0 ? at : undefined;
}
