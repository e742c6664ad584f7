import assert from 'node:assert/strict';
import { codeOf, failureOf, isStale, Late, WrongCaller } from '../../../probes/aws/errors.ts';

/** As the SDK throws it. */
function thrown(name: string, httpStatusCode?: number, more: object = {}): Error {
  return Object.assign(new Error(`the API says ${name}`), { name, ...(httpStatusCode && { $metadata: { httpStatusCode } }), ...more });
}

describe('what a call to AWS threw', () => {
  for (const [reason, errors] of Object.entries({
    denied: [
      'AccessDenied',
      'AccessDeniedException',
      'UnauthorizedOperation',
      'AuthFailure',
      'InvalidClientTokenId',
      'ExpiredToken',
      'ExpiredTokenException',
      'UnrecognizedClientException',
      'SignatureDoesNotMatch',
      'OptInRequired',
      'CredentialsProviderError',
      'InvalidAccessKeyId',
    ],
    throttled: [
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'RequestLimitExceeded',
      'SlowDown',
      'TooManyRequestsException',
      'ProvisionedThroughputExceededException',
      'RequestThrottled',
    ],
    timeout: ['TimeoutError', 'RequestTimeout'],
    unreachable: ['ECONNREFUSED', 'ENOTFOUND', 'InternalFailure', 'ServiceUnavailable', 'InternalError'],
    protocol: ['ValidationError', 'InvalidParameterValue', 'NoSuchBucket', 'ResourceNotFoundException'],
  }))
    for (const name of errors)
      it(`${name} is ${reason}`, () => {
        assert.equal(failureOf(thrown(name, 400)).reason, reason);
      });

  it('goes by the status where the name says nothing', () => {
    for (const [status, reason] of [
      [403, 'denied'],
      [401, 'denied'],
      [429, 'throttled'],
      [503, 'unreachable'],
      [404, 'protocol'],
    ] as const)
      assert.equal(failureOf(thrown('UnknownError', status)).reason, reason, String(status));
  });

  it('knows what is our own', () => {
    assert.equal(failureOf(new WrongCaller('x')).reason, 'wrong-caller');
    assert.equal(failureOf(new Late('x')).reason, 'timeout');
    assert.equal(failureOf(new TypeError('x is not a function')).reason, 'threw');
    assert.equal(failureOf('what').reason, 'unreachable');
  });

  it('tells what the permission model of the daemon refused from what AWS did', () => {
    const refused = { code: 'ERR_ACCESS_DENIED', permission: 'FileSystemRead', resource: '/srv/token' };
    const { reason, say } = failureOf(thrown('Error', undefined, refused));
    assert.equal(reason, 'denied');
    assert.match(say, /^the confined daemon may not read \/srv\/token: .*--unconfined$/);
    assert.match(
      failureOf(thrown('Error', undefined, { ...refused, permission: 'FileSystemWrite' })).say,
      /may not have FileSystemWrite of \/srv\/token/,
    );
  });

  it('is read by the code of the API, whichever way it is told', () => {
    assert.equal(codeOf(thrown('DBInstanceNotFoundFault', 404, { Code: 'DBInstanceNotFound' })), 'DBInstanceNotFound');
    assert.equal(codeOf(thrown('Error', undefined, { code: 'ECONNRESET' })), 'ECONNRESET');
    assert.equal(codeOf(new Error('nothing')), '');
    assert.equal(codeOf(null), '');
  });

  it('asks for new credentials where those have run out, and not where they may too little', () => {
    assert.ok(isStale('ExpiredToken') && isStale('InvalidClientTokenId'));
    assert.ok(!isStale('AccessDenied'));
  });

  it('repeats no secret and no control character', () => {
    const { say } = failureOf(new Error('bad key the-secret-key\u001b[2J'), ['the-secret-key']);
    assert.equal(say, 'bad key <secret> [2J');
  });
});
