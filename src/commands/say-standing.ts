import { sayTampering, type Standing } from '../core/standing.ts';
import { formatInstant } from '../core/wording.ts';

/** How a manifest stands with the people who sign, as lines for people. */
export function sayStanding(standing: Standing, version: number): readonly string[] {
  const { state, approval, signersChanged } = standing;
  const tampered = sayTampering(standing, version);
  const who =
    state === 'unsigned'
      ? 'NOT SIGNED: whoever can write the manifest decides what is watched (signers in config.yaml)'
      : approval && `signed by ${approval.people.join(', ')}, received ${formatInstant(approval.at)}`;
  return [
    ...(who === undefined ? [] : [who]),
    ...(tampered === undefined ? [] : [`TAMPERED: ${tampered}`]),
    ...(signersChanged === undefined ? [] : [`SIGNERS CHANGED: ${signersChanged}`]),
  ];
}

/** The same as JSON. */
export function printStanding({ state, approval, tampering, signersChanged }: Standing): Readonly<Record<string, unknown>> {
  return {
    signing: state,
    signed_by: approval?.people ?? [],
    received_at: approval ? formatInstant(approval.at) : null,
    tampering: tampering ?? null,
    signers_changed: signersChanged ?? null,
  };
}
