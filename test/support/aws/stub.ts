import { startReceiver, type Answer, type Received } from '../receiver.ts';

/** One call as the stub understood it. `params`: the form of a query API, the body of a JSON API, the query of a REST API. */
export interface StubCall {
  readonly service: string;
  /** The action's name; of a REST API `GET /path`. */
  readonly action: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly request: Received;
}

/** What one call is answered with; `Fault` in whatever form the service has for errors. */
export type StubAnswer = Exclude<Answer, (...args: never[]) => unknown> | Fault;
type Script = StubAnswer | ((call: StubCall) => StubAnswer | Promise<StubAnswer>);

/** An error of the API, by its code. */
export class Fault {
  readonly code: string;
  readonly status: number;
  readonly message: string;

  constructor(code: string, status = 400, message = `the stub says ${code}`) {
    this.code = code;
    this.status = status;
    this.message = message;
  }
}

export const STUB_ACCOUNT = '111122223333';
export const DENIED = new Fault('AccessDenied', 403, 'User is not authorized to perform this');

export interface AwsStub extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly StubCall[];
  /** How often `service:action` was called. */
  count(call: string): number;
  /** What `service:action` is answered with from now on. */
  on(call: string, script: Script): void;
}

/** How each service says no. */
const REFUSALS: Readonly<Record<string, 'ec2' | 'json' | 's3'>> = {
  ec2: 'ec2',
  dynamodb: 'json',
  kms: 'json',
  sqs: 'json',
  backup: 'json',
  elasticfilesystem: 'json',
  s3: 's3',
};

/**
 * Stands in for the answers of AWS that an emulator cannot give: throttling on page 2, a deletion that takes its time. A real HTTP server that the
 * SDK's own clients talk to, in each service's own protocol. What nobody scripted is refused; who calls is always account 111122223333.
 */
export async function startAwsStub(): Promise<AwsStub> {
  const calls: StubCall[] = [];
  const scripts = new Map<string, Script>();
  const receiver = await startReceiver(async (request) => {
    const call = read(request);
    calls.push(call);
    const script =
      scripts.get(`${call.service}:${call.action}`) ?? new Fault('NotScripted', 400, `${call.service}:${call.action} is not scripted`);
    const answer = typeof script === 'function' ? await script(call) : script;
    return answer instanceof Fault ? refuse(call.service, answer) : answer;
  });
  const stub: AwsStub = {
    url: receiver.url,
    calls,
    count: (name) => calls.filter(({ service, action }) => `${service}:${action}` === name).length,
    on: (name, script) => void scripts.set(name, script),
    [Symbol.asyncDispose]: () => receiver.close(),
  };
  stub.on('sts:GetCallerIdentity', callerIs(STUB_ACCOUNT));
  return stub;
}

/** The answer of sts:GetCallerIdentity. */
export function callerIs(account: string): StubAnswer {
  return query('GetCallerIdentity', {
    Account: account,
    Arn: `arn:aws:sts::${account}:assumed-role/rollcall/rollcall`,
    UserId: 'AROA:rollcall',
  });
}

/** An answer of a query API (RDS, STS, IAM). A list is `{ DBInstances: { DBInstance: [...] } }`. */
export function query(action: string, result: object): StubAnswer {
  return xml(`${action}Response`, { [`${action}Result`]: result, ResponseMetadata: { RequestId: 'stub' } });
}

/** An answer of EC2. A list is `{ volumeSet: { item: [...] } }`. */
export function ec2(action: string, result: object): StubAnswer {
  return xml(`${action}Response`, { requestId: 'stub', ...result });
}

/** A document of a REST-XML API (S3), or of any other that speaks XML. */
export function xml(root: string, content: object): StubAnswer {
  return { headers: { 'content-type': 'text/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>${tag(root, content)}` };
}

function read(request: Received): StubCall {
  const { headers, path, method, body } = request;
  // AWS4-HMAC-SHA256 Credential=AKIA.../20260101/eu-west-1/rds/aws4_request, ...
  const scope = /Credential=([^/]*)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers['authorization'] ?? '') ?? [];
  const [, accessKeyId = '', region = '', service = ''] = scope;
  const form = typeof body === 'object' && body !== null ? (body as Record<string, string>) : {};
  const url = new URL(path, 'http://stub');
  const target = headers['x-amz-target'];
  const action = form['Action'] ?? (target === undefined ? `${method} ${url.pathname}` : (target.split('.').at(-1) ?? ''));
  const json = target === undefined ? {} : (JSON.parse(request.text === '' ? '{}' : request.text) as Record<string, string>);
  return { service, action, region, accessKeyId, params: { ...Object.fromEntries(url.searchParams), ...form, ...json }, request };
}

function refuse(service: string, { code, status, message }: Fault): Exclude<StubAnswer, Fault> {
  const error = { Code: code, Message: message };
  const body = (root: string, content: object) => ({ ...(xml(root, content) as object), status });
  const how = REFUSALS[service];
  if (how === 'json') return { status, headers: { 'x-amzn-errortype': code }, body: { __type: code, message } };
  if (how === 'ec2') return body('Response', { Errors: { Error: error }, RequestID: 'stub' });
  return how === 's3' ? body('Error', error) : body('ErrorResponse', { Error: { Type: 'Sender', ...error }, RequestId: 'stub' });
}

function tag(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => tag(name, one)).join('');
  return `<${name}>${inside(value)}</${name}>`;
}

function inside(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, one]) => tag(name, one))
      .join('');
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
