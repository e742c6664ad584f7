import { destination, pino, stdTimeFunctions, type DestinationStream } from 'pino';
import type { Log } from '../ports.ts';
import { clean } from '../values/text.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const SECRET_KEYS = ['authorization', 'password', 'passphrase', 'secret', 'token', 'routing_key', 'routingKey', 'url', 'connectionString'];
const REDACTED = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

const MAX_BACKLOG = 1_048_576;
const MAX_TEXT = 1000;
const MAX_ITEMS = 50;
const MAX_DEPTH = 4;

/**
 * Log lines as JSON to a file descriptor or stream, written before the call returns: the last line before a crash is the one that matters.
 * Fields are cleaned and bounded, and fields whose names are those of secrets are masked. Lines that cannot be written are kept up to a mebibyte
 * and then lost, silently: neither a full disk nor a reader that stopped reading may hold up or end a watch.
 */
export function createPinoLog(to: number | DestinationStream, options: { readonly level: LogLevel; readonly name: string }): Log {
  const stream = typeof to === 'number' ? openDescriptor(to) : to;
  const logger = pino(
    {
      level: options.level,
      base: { name: clean(options.name) },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '<secret>' },
    },
    stream,
  );
  const write =
    (level: Exclude<LogLevel, 'silent'>): Log['info'] =>
    (message, fields) => {
      if (logger.isLevelEnabled(level)) logger[level](bounded(fields ?? {}, 0), message);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function openDescriptor(fd: number): DestinationStream {
  // Without `retryEAGAIN` a full pipe would hold the event loop until somebody reads it; without a listener an error would end the process.
  return destination({ dest: fd, sync: true, retryEAGAIN: () => false, maxLength: MAX_BACKLOG }).on('error', () => {});
}

/** A copy fit for a log line: texts cleaned, at most so deep and so long, errors by name, code and message, nothing that JSON cannot hold. */
function bounded(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return clean(value, MAX_TEXT);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Error) return boundedError(value, depth);
  // Secret, Date, URL: they know best how they may be shown.
  if ('toJSON' in value && typeof value.toJSON === 'function') return bounded(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => bounded(item, depth + 1));
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(entries.map(([key, item]) => [clean(key, 100), bounded(item, depth + 1)]));
}

function boundedError(error: Error & { readonly code?: unknown }, depth: number): unknown {
  return bounded({ name: error.name, code: error.code, message: error.message, cause: error.cause }, depth);
}
