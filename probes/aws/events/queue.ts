import { partitionOf } from '../s3/origin.ts';

/** A queue that events are received from. */
export interface Queue {
  /** What the call names it by. */
  readonly url: string;
  readonly arn: string;
  readonly region: string;
}

/** What a connection says that a queue's address may be read with. */
interface Around {
  /** Said beside the queue; undefined where nothing is. */
  readonly region: string | undefined;
  readonly home: string;
  readonly endpoint: string | undefined;
}

const EXAMPLE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/rollcall-events';
const NEITHER = `must be the URL or the ARN of a queue, such as ${EXAMPLE}`;
const NAME = /^[\w-]{1,80}(?:\.fifo)?$/;
/** Names of SQS's endpoints, in order: the usual ones, the older ones, those of a VPC (https://docs.aws.amazon.com/general/latest/gr/sqs-service.html). */
const HOSTS = [
  /^sqs(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/,
  /^([a-z0-9-]+)\.queue\.amazonaws\.com(?:\.cn)?$/,
  /^(?:[a-z0-9-]+\.)+sqs\.([a-z0-9-]+)\.vpce\.amazonaws\.com(?:\.cn)?$/,
];

/** Reads the URL or the ARN of a queue: the queue, or what is wrong with it and what would be right. */
export function readQueue(text: string, around: Around): Queue | string {
  const [found, account, name, own] = text.startsWith('arn:') ? fromArn(text) : fromUrl(text, around);
  if (found === undefined) return account;
  if (!NAME.test(name)) return NEITHER;
  if (name.endsWith('.fifo'))
    return 'must be a standard queue: one of first-in-first-out hands out nothing more until what it handed out is deleted, which the watcher never does';
  if (around.region !== undefined && around.region !== found)
    return `is in ${found}, as it says itself, and not in ${around.region}: take region out, or name the queue of ${around.region}`;
  const partition = partitionOf(found);
  const host = `https://sqs.${found}.${partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const base = around.endpoint?.replace(/\/+$/, '') ?? host;
  return { url: own ?? `${base}/${account}/${name}`, arn: `arn:${partition}:sqs:${found}:${account}:${name}`, region: found };
}

type Read =
  | readonly [region: string, account: string, name: string, url?: string]
  | readonly [region: undefined, complaint: string, name: ''];

function fromArn(text: string): Read {
  const [, region, account, name] = /^arn:[a-z-]+:sqs:([a-z0-9-]+):(\d{12}):(.+)$/.exec(text) ?? [];
  return region === undefined || account === undefined || name === undefined ? [undefined, NEITHER, ''] : [region, account, name];
}

function fromUrl(text: string, { region, home, endpoint }: Around): Read {
  if (!URL.canParse(text)) return [undefined, NEITHER, ''];
  const { protocol, hostname, pathname, username, search } = new URL(text);
  const [, account, name] = /^\/(\d{12})\/([^/]+)$/.exec(pathname) ?? [];
  if (account === undefined || name === undefined || username !== '' || search !== '') return [undefined, NEITHER, ''];
  const named = hostname === 'queue.amazonaws.com' ? 'us-east-1' : HOSTS.flatMap((one) => one.exec(hostname)?.[1] ?? [])[0];
  // Where an endpoint is named everything is asked there, and what a queue's address says of a host says nothing of a region.
  if (endpoint !== undefined) return /^https?:$/.test(protocol) ? [named ?? region ?? home, account, name, text] : [undefined, NEITHER, ''];
  if (protocol !== 'https:' || named === undefined) return [undefined, `must be at SQS itself: ${NEITHER}`, ''];
  return [named, account, name];
}
