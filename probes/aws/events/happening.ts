/** What an event says happened, as far as it matters here: it proves nothing, and is never shown to anybody. */
export interface Happening {
  /** `rds`, `ec2`: as CloudTrail's `eventSource` has it, before `.amazonaws.com`. */
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** The call's name, or what the service calls its event. */
  readonly what: string;
  /** Everything that it may name something by: its texts, and the parts of those that are ARNs, in lower case. */
  readonly words: ReadonlySet<string>;
}

/** EventBridge takes entries of 256 KiB, and passes none on that is longer. */
const MOST_CHARS = 256 * 1024;
/** Bounds for what somebody may have put together to be a nuisance. */
const MOST_VALUES = 5000;
const MOST_WORDS = 2000;
const LONGEST = 2048;
const MOST_PARTS = 32;

/** The services that AWS Health speaks of, as the services themselves are called. */
const HEALTH: ReadonlyMap<unknown, string> = new Map([
  ['RDS', 'rds'],
  ['EBS', 'ec2'],
  ['EC2', 'ec2'],
  ['S3', 's3'],
  ['BACKUP', 'backup'],
  ['DYNAMODB', 'dynamodb'],
  ['ELASTICFILESYSTEM', 'elasticfilesystem'],
  ['KMS', 'kms'],
]);

/**
 * Reads a message as EventBridge's envelope: a call as CloudTrail recorded it, or what a service says itself. Undefined where it is none, is too
 * long, or tells of a call that was refused or only rehearsed. Envelope: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html;
 * calls: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html; services:
 * https://docs.aws.amazon.com/eventbridge/latest/ref/ (events-ref-rds, -backup, -s3), https://docs.aws.amazon.com/ebs/latest/userguide/ebs-cloud-watch-events.html.
 * Where in it a name stands differs from call to call and from year to year, so that every text in it is taken for one.
 */
export function readHappening(body: string): Happening | undefined {
  if (body.length > MOST_CHARS) return undefined;
  const envelope = parse(body);
  const detail = asObject(envelope?.['detail']);
  const source = text(envelope?.['source']);
  if (!envelope || !detail || !source.startsWith('aws.')) return undefined;
  const account = text(envelope['account']);
  const call = text(detail['eventSource']);
  if (call !== '') {
    if (detail['errorCode'] !== undefined) return undefined;
    const named = [detail['requestParameters'], detail['responseElements'], detail['serviceEventDetails'], detail['resources']];
    const region = text(detail['awsRegion']) || text(envelope['region']);
    return { service: call.replace(/\.amazonaws\.com$/, ''), region, account, what: text(detail['eventName']), words: wordsOf(named) };
  }
  const service = source === 'aws.health' ? HEALTH.get(detail['service']) : source.slice('aws.'.length);
  if (service === undefined) return undefined;
  const words = wordsOf([envelope['resources'], detail]);
  return { service, region: text(envelope['region']), account, what: text(envelope['detail-type']), words };
}

function wordsOf(values: unknown[]): Set<string> {
  const words = new Set<string>();
  let taken = 0;
  // A list that grows while it is read, so that no depth of nesting can exhaust a stack.
  for (const value of values) {
    if (words.size >= MOST_WORDS) break;
    if (typeof value === 'string' && value !== '' && value.length <= LONGEST) {
      const word = value.toLowerCase();
      words.add(word);
      for (const part of word.split(/[:/]/, MOST_PARTS)) if (part !== '') words.add(part);
    } else if (typeof value === 'object' && value !== null) {
      const inside: unknown[] = Array.isArray(value) ? value : Object.values(value);
      const room = MOST_VALUES - taken;
      for (const one of inside.slice(0, room)) values.push(one);
      taken += Math.min(inside.length, room);
    }
  }
  return words;
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST) : '';
}
