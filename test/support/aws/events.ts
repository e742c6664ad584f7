import type { StubAnswer, StubCall, AwsStub } from './stub.ts';
import { STUB_ACCOUNT } from './stub.ts';

/** The queue that a stub's account has, and what SQS calls it. */
export const QUEUE_URL = `https://sqs.eu-west-1.amazonaws.com/${STUB_ACCOUNT}/rollcall-events`;
export const QUEUE_ARN = `arn:aws:sqs:eu-west-1:${STUB_ACCOUNT}:rollcall-events`;

interface Envelope {
  readonly account?: string;
  readonly region?: string;
}

/**
 * A call as CloudTrail records it and EventBridge hands it on. `named`: parameters of the request, whose names begin in lower case
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
 */
export function call(service: string, eventName: string, named: object, more: object = {}, { account, region }: Envelope = {}): object {
  const awsRegion = region ?? 'eu-west-1';
  return envelope(
    `aws.${service}`,
    'AWS API Call via CloudTrail',
    {
      eventVersion: '1.11',
      userIdentity: { type: 'AssumedRole', arn: `arn:aws:sts::${STUB_ACCOUNT}:assumed-role/agent/agent`, accountId: STUB_ACCOUNT },
      eventTime: '2026-11-28T10:00:00Z',
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion,
      sourceIPAddress: '203.0.113.7',
      userAgent: 'aws-cli',
      requestParameters: named,
      responseElements: null,
      eventID: '6f1c0000-0000-4000-8000-000000000000',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account ?? STUB_ACCOUNT,
      ...more,
    },
    { ...(account !== undefined && { account }), region: awsRegion },
  );
}

/** What a service says itself. */
export function envelope(source: string, detailType: string, detail: object, more: object = {}): object {
  return {
    version: '0',
    id: '01234567-0123-0123-0123-012345678901',
    'detail-type': detailType,
    source,
    account: STUB_ACCOUNT,
    time: '2026-11-28T10:00:05Z',
    region: 'eu-west-1',
    resources: [],
    detail,
    ...more,
  };
}

/**
 * SQS on the stub, as far as ReceiveMessage goes: what is put in is handed out once, ten at a time, and hidden from then on; a call that finds
 * nothing waits until something is put in.
 */
export class StubQueue {
  readonly #stub: AwsStub;
  readonly #messages: { readonly MessageId: string; readonly Body: string }[] = [];
  #next = 0;
  #waiting: (() => void) | undefined;
  #instead: StubAnswer | undefined;

  constructor(stub: AwsStub) {
    this.#stub = stub;
    stub.on('sqs:ReceiveMessage', () => this.#answer());
  }

  /** Every call of SQS, whatever its name. */
  get calls(): readonly StubCall[] {
    return this.#stub.calls.filter(({ service }) => service === 'sqs');
  }

  /** True where everything was handed out. */
  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  put(body: object | string, MessageId = `message-${this.#next++}`): void {
    this.#messages.push({ MessageId, Body: typeof body === 'string' ? body : JSON.stringify(body) });
    this.#wake();
  }

  /** What is answered from now on in place of messages; undefined: messages again. Whoever waits is answered so. */
  answer(instead: StubAnswer | undefined): void {
    this.#instead = instead;
    this.#wake();
  }

  async #answer(): Promise<StubAnswer> {
    while (this.#instead === undefined && this.#messages.length === 0) await new Promise<void>((resolve) => (this.#waiting = resolve));
    if (this.#instead !== undefined) return this.#instead;
    const Messages = this.#messages.splice(0, 10).map((message) => ({ ...message, ReceiptHandle: 'handle', MD5OfBody: '0'.repeat(32) }));
    return { headers: { 'content-type': 'application/x-amz-json-1.0' }, body: { Messages } };
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}
