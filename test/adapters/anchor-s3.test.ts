import assert from 'node:assert/strict';
import { createS3Anchor, type S3AnchorOptions } from '../../src/adapters/anchor-s3.ts';
import { Secret } from '../../src/values/secret.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const AT = Date.UTC(2026, 10, 28);
const never = new AbortController().signal;

describe('the anchor in S3', function () {
  this.timeout(120_000);
  let receiver: Receiver;
  const open = (parts: Partial<S3AnchorOptions> = {}) =>
    createS3Anchor({
      bucket: 'anchors',
      region: 'eu-west-1',
      endpoint: receiver.url,
      pathStyle: true,
      key: { id: 'AKIAIOSFODNN7EXAMPLE', secret: new Secret(SECRET) },
      timeout: 2000,
      ...parts,
    });
  const answer = async (status: number, body = ''): Promise<void> => {
    receiver = await startReceiver({ status, body });
  };
  afterEach(() => receiver.close());

  it('puts one object, signed and checked, and asks for nothing else', async () => {
    await answer(200);
    assert.equal(await open().put('vault/heads/1.txt', 'a head\n', AT, never), null);
    assert.equal(receiver.requests.length, 1);
    const { method, path, headers } = receiver.requests[0] ?? assert.fail();
    assert.equal(method, 'PUT');
    assert.match(path, /^\/anchors\/vault\/heads\/1\.txt/);
    assert.match(headers['authorization'] ?? '', /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-west-1\/s3\//);
    assert.equal(headers['x-amz-object-lock-mode'], undefined);
    assert.ok(
      headers['x-amz-checksum-crc32'] ?? headers['content-md5'] ?? headers['x-amz-trailer'],
      'a bucket with object lock asks for a checksum',
    );
  });

  it('locks for as long as it was told to, and says whose the bucket must be', async () => {
    await answer(200);
    await open({ lock: { mode: 'compliance', forMs: 86_400_000 }, account: '111122223333' }).put('k', 'b', AT, never);
    const { headers } = receiver.requests[0] ?? assert.fail();
    assert.equal(headers['x-amz-object-lock-mode'], 'COMPLIANCE');
    assert.equal(Date.parse(headers['x-amz-object-lock-retain-until-date'] ?? ''), AT + 86_400_000);
    assert.equal(headers['x-amz-expected-bucket-owner'], '111122223333');
  });

  it('says why it was refused, tries once, and repeats no secret', async () => {
    const said = `<Error><Code>AccessDenied</Code><Message>not with ${SECRET}\u001b[2J</Message></Error>`;
    await answer(403, said);
    const why = await open().put('k', 'b', AT, never);
    assert.match(why ?? '', /^AccessDenied: not with …/);
    assert.ok(!why?.includes(SECRET) && !why?.includes('\u001b'));
    assert.equal(receiver.requests.length, 1);
  });

  it('ends where nobody answers, where what answers is no S3, and where the secret cannot be read', async () => {
    await answer(200);
    const { url } = receiver;
    await receiver.close();
    assert.match((await open({ endpoint: url }).put('k', 'b', AT, never)) ?? '', /ECONNREFUSED/);
    await answer(500, '<html>');
    assert.ok(await open().put('k', 'b', AT, never));
    const lost = { id: 'AKIAIOSFODNN7EXAMPLE', secret: () => Promise.reject(new Error('no such file')) };
    assert.equal(await open({ key: lost }).put('k', 'b', AT, never), 'no such file');
    assert.ok(await open().put('k', 'b', AT, AbortSignal.abort()));
  });
});
