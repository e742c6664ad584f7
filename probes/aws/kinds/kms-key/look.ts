import type { KeyListEntry, KeyMetadata } from '@aws-sdk/client-kms';
import { listOf } from '../../answer.ts';
import { accountOf } from '../../arn.ts';
import { codeOf } from '../../errors.ts';
import { defineOne, type AwsTarget, type Reading, type Step } from '../../kind.ts';
import { exact, flag, pinOf, text } from '../../measure.ts';
import { pagesOf } from '../../pages.ts';
import { regionsOfAccount } from '../../regions.ts';
import { NEVER_MS } from '../../s3/lifecycle.ts';
import type { Vantage } from '../../vantage.ts';
import { ROTATION } from './target.ts';

/** The most that one page of it may have. */
const PAGE = 1000;
const ALIASES = 100;
/** States in which nothing can be decrypted, by nobody's switch: the store behind it is not connected, or its material is gone. */
const TROUBLE: ReadonlySet<string> = new Set(['Unavailable', 'PendingImport']);
const DOOMED: ReadonlySet<string> = new Set(['PendingDeletion', 'PendingReplicaDeletion']);

function read(key: KeyMetadata, _: AwsTarget, now: number, account: string): Reading {
  const { KeyId: id = '', KeyState: state = 'unknown', CreationDate: created, ValidTo: end, DeletionDate: last } = key;
  const said = `${id} is ${state}, made ${created?.toISOString() ?? 'at an unknown time'}`;
  return {
    pin: pinOf({ account, created }),
    measures: {
      trouble: text(TROUBLE.has(state) ? state : ''),
      enabled: flag(key.Enabled === true),
      material_left: exact(end === undefined ? NEVER_MS : Math.max(0, end.getTime() - now), 'ms'),
    },
    say: end === undefined ? said : `${said}, its imported material expires ${end.toISOString()}`,
    ...(DOOMED.has(state) && {
      doom: {
        what: `key ${id} is to be deleted${last === undefined ? '' : ` on ${last.toISOString()}`}, and what it encrypts is lost with it`,
        undo: undoOf(key),
        ...(last && { undoBefore: last.getTime() }),
      },
    }),
  };
}

/** A deletion that is called off leaves the key disabled. */
function undoOf({ Arn: arn, KeyId: id = '' }: KeyMetadata): string {
  const [, , , region] = arn?.split(':') ?? [];
  const at = `--key-id ${id}${region === undefined ? '' : ` --region ${region}`}`;
  return `aws kms cancel-key-deletion ${at} && aws kms enable-key ${at}`;
}

function steps({ ask }: Vantage, { key }: AwsTarget): Step[] {
  return [
    {
      facets: [ROTATION],
      call: 'kms:GetKeyRotationStatus',
      ask: async () => {
        try {
          const { KeyRotationEnabled: on = false, RotationPeriodInDays: days } = await ask('kms', 'GetKeyRotationStatus', (kms, options) =>
            kms.getKeyRotationStatus({ KeyId: key }, options),
          );
          const period = days === undefined ? '' : ` every ${days} days`;
          return { measures: { rotation: flag(on) }, say: on ? `rotated${period}` : 'not rotated' };
        } catch (error) {
          // Of asymmetric keys, of HMAC keys and of those in stores of one's own: KMS rotates none.
          if (codeOf(error) !== 'UnsupportedOperationException') throw error;
          return { measures: { rotation: flag(false) }, say: 'a key that KMS does not rotate' };
        }
      },
    },
  ];
}

/**
 * Keys that AWS's own services made in this account: each has an alias that nobody else may give. Ids alone do not tell them apart, and asking for
 * each would be a call a key.
 */
async function keysOfServices({ ask }: Vantage): Promise<ReadonlySet<string>> {
  const pages = pagesOf(
    (Marker) =>
      ask('kms', 'ListAliases', (kms, options) => kms.listAliases({ Limit: ALIASES, ...(Marker !== undefined && { Marker }) }, options)),
    ({ NextMarker, Truncated }) => (Truncated === true ? NextMarker : undefined),
  );
  const aliases = (await Array.fromAsync(pages)).flatMap(({ Aliases }) => listOf(Aliases, 'Aliases'));
  return new Set(
    aliases.flatMap(({ AliasName, TargetKeyId }) => (AliasName?.startsWith('alias/aws/') && TargetKeyId ? [TargetKeyId] : [])),
  );
}

/** Keys: listed by their ids alone, and read one by one. */
export const looker = defineOne<KeyListEntry, AwsTarget, KeyMetadata>({
  of: 'one',
  namesOnly: true,
  async *list({ ask }) {
    const pages = pagesOf(
      (Marker) => ask('kms', 'ListKeys', (kms, options) => kms.listKeys({ Limit: PAGE, ...(Marker !== undefined && { Marker }) }, options)),
      ({ NextMarker, Truncated }) => (Truncated === true ? NextMarker : undefined),
    );
    for await (const { Keys } of pages) yield listOf(Keys, 'Keys');
  },
  keys: ({ KeyId }) => (KeyId === undefined ? [] : [KeyId]),
  account: ({ KeyArn }) => accountOf(KeyArn),
  second: regionsOfAccount,
  leaves: { call: 'kms:ListAliases', keys: keysOfServices },
  directCall: 'kms:DescribeKey',
  notFound: ['NotFoundException'],
  direct: async ({ ask }, { key }) =>
    (await ask('kms', 'DescribeKey', (kms, options) => kms.describeKey({ KeyId: key }, options))).KeyMetadata,
  read,
  steps,
  found: ({ KeyId: id = '' }, detail, account) => {
    // Those of AWS's own services cannot be deleted by anybody.
    if (detail?.KeyManager === 'AWS') return undefined;
    const { CreationDate: created, KeyState: state, Description: about = '' } = detail ?? {};
    return {
      label: id,
      name: id,
      entry: { key: id },
      pin: pinOf({ account, created }),
      expect: { ...(detail?.Enabled === true && { enabled: true }) },
      sweep: '1m',
      facts: detail ? [`${detail.KeySpec ?? 'a key'}, ${state ?? 'in an unknown state'}${about === '' ? '' : `: ${about}`}`] : [],
    };
  },
});
