import { Refused } from '../errors.ts';
import type { SessionKeeper } from '../keeper.ts';
import type { Queue } from './queue.ts';

/** The most that SQS gives at once, and the longest that it waits for something to give, s. */
const AT_ONCE = 10;
const WAIT_S = 20;
/**
 * The longest that SQS hides what it handed out, s. Nothing is ever deleted, so whatever is shorter hands the same message out again, as long as it
 * lives. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const HIDDEN_S = 12 * 3600;

export interface Message {
  /** Undefined where the answer has none. */
  readonly id: string | undefined;
  readonly body: string;
}

/** One call, by whom the connection asserts: the only one that is ever made of a queue. @throws Refused */
export async function receive(keeper: SessionKeeper, { url, region }: Queue, signal: AbortSignal): Promise<Message[]> {
  const use = await keeper.use('usual', signal);
  try {
    const { Messages = [] } = await use.session
      .vantage(region, signal)
      .ask('sqs', 'ReceiveMessage', (sqs, options) =>
        sqs.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: AT_ONCE, WaitTimeSeconds: WAIT_S, VisibilityTimeout: HIDDEN_S }, options),
      );
    return Messages.map(({ MessageId: id, Body: body = '' }) => ({ id, body }));
  } catch (error) {
    throw new Refused(use.session.failure(error));
  } finally {
    use.done();
  }
}
