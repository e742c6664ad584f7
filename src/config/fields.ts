import * as z from 'zod';
import type { Cadence } from '../core/expectation.ts';
import { formatDuration, parseDuration } from '../values/duration.ts';

/** Tells whether a text is a cron expression; the technology that reads them is an adapter's. */
export type IsCron = (text: string) => boolean;

const MINUTE = 60_000;
/** The longest wait a timer of Node holds is a little above this many milliseconds. */
export const LONGEST = 24 * 24 * 60 * MINUTE;
const FORM = 'must be a duration such as 2s or 5m, or a cron expression such as "*/5 * * * *"';

/** A cadence: a duration from `min` milliseconds up, or a cron expression. */
export function cadence(isCron: IsCron, min: number) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? undefined : FORM) })
    .meta({ examples: [formatDuration(min * 20), '*/5 * * * *'] })
    .transform((text, context): Cadence => {
      const every = parseDuration(text);
      if (every === undefined && isCron(text)) return { cron: text };
      const wrong =
        every === undefined ? FORM : every < min ? `must be at least ${formatDuration(min)}` : every > LONGEST ? 'must be at most 24d' : '';
      if (wrong === '' && every !== undefined) return { every };
      context.addIssue({ code: 'custom', message: wrong });
      return z.NEVER;
    });
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/** True where only this machine can reach `host`. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

const ADDRESS =
  'must be an address and a port such as 127.0.0.1:7878 or [::1]:7878, unix: and the absolute path of a socket such as unix:/run/rollcall/http.sock, or off';
/** What a socket's address holds: sun_path of unix(7), with its end. */
const LONGEST_SOCKET = 107;

/** Where the HTTP interface listens. `socket` is an absolute path. */
export type ListenAt = { readonly host: string; readonly port: number } | { readonly socket: string };

/** `host:port`, `[::1]:port`, `unix:/path`, or `off`. */
export const listen = () =>
  z
    .string({ error: ADDRESS })
    .meta({ examples: ['127.0.0.1:7878', 'unix:/run/rollcall/http.sock', 'off'] })
    .transform((text, context): ListenAt | 'off' => {
      if (text === 'off') return 'off';
      const socket = /^unix:(\/[^\0]*[^/\0])$/.exec(text)?.[1];
      if (socket !== undefined && Buffer.byteLength(socket) > LONGEST_SOCKET) {
        context.addIssue({ code: 'custom', message: `is a path too long for a socket, which may have ${LONGEST_SOCKET} bytes` });
        return z.NEVER;
      }
      const address = socket === undefined ? parseAddress(text) : { socket };
      if (address) return address;
      context.addIssue({ code: 'custom', message: ADDRESS });
      return z.NEVER;
    });

/** A moment (`2026-11-22T20:00:00Z`, RFC 3339 with its offset) as ms since 1970. */
export const moment = () =>
  z
    .string()
    .meta({ format: 'date-time' })
    .transform((text, context): number => {
      const value = z.iso.datetime({ offset: true }).safeParse(text).success ? Date.parse(text) : Number.NaN;
      if (Number.isFinite(value)) return value;
      context.addIssue({
        code: 'custom',
        message: 'must be a moment with its offset, such as 2026-11-22T20:00:00Z or 2026-11-22T21:00:00+01:00',
      });
      return z.NEVER;
    });

const ELSEWHERE = 'must be an address and a port such as 192.0.2.1:443, in quotes';

/** `host:port` of something elsewhere. */
export const elsewhere = () =>
  z
    .string({ error: ELSEWHERE })
    .meta({ examples: ['192.0.2.1:443'] })
    .transform((text, context): { host: string; port: number } => {
      const address = parseAddress(text);
      if (address && address.port > 0) return address;
      context.addIssue({ code: 'custom', message: ELSEWHERE });
      return z.NEVER;
    });

function parseAddress(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9.-]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  return host !== undefined && port <= 65_535 ? { host, port } : undefined;
}

/** A day (`2027-06-30`) as the last millisecond of it in UTC, since 1970. */
export const day = () =>
  z
    .string()
    .meta({ format: 'date' })
    .transform((text, context): number => {
      const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
      // Date.parse takes some days that no month has and rolls them over.
      if (Number.isFinite(start) && new Date(start).toISOString().startsWith(text)) return start + 24 * 60 * MINUTE - 1;
      context.addIssue({ code: 'custom', message: 'must be a day such as 2027-06-30', params: { fault: 'expires' } });
      return z.NEVER;
    });
