import { proofsOf } from '../core/manifest-step.ts';
import { countPeople } from '../core/quorum.ts';
import { decisionBytes } from '../core/request.ts';
import { approvingVotes, type RequestRecord } from '../core/request-state.ts';
import { NAMESPACE, readVotes } from './votes.ts';
import { needOf, type Rules } from './world.ts';

/**
 * Whether enough people's signatures lie with a request that is said to be approved. What a store says of itself is believed by nobody:
 * each signature is verified again, at the moment when it was received.
 */
export function isProven({ signers, policy }: Rules, { document, said }: Pick<RequestRecord, 'document' | 'said'>): boolean {
  const bytes = Buffer.from(decisionBytes('approve', document));
  const votes = said.flatMap(({ decision, signature, at }) => {
    if (decision !== 'approve') return [];
    const file = { name: 'the signature', bytes: Buffer.from(signature, 'latin1') };
    return approvingVotes(document, readVotes([file], bytes, { signers, namespace: NAMESPACE.change, at }).votes);
  });
  return countPeople(votes, proofsOf(policy)).people.length >= needOf(policy, document.requester.known);
}
