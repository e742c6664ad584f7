import type { DiscoveryDepth, Right, Wanted } from '../../src/probe.ts';
import { facetsAt } from './facets.ts';
import { exploredBy, type AwsKind, type AwsTarget } from './kind.ts';
import { queuesOf, type Connection } from './schema.ts';

/** The IAM actions that the watcher's role needs for exactly this, each once. None of them can change anything. */
export function rightsFor(wanted: readonly Wanted<AwsTarget>[], kinds: ReadonlyMap<string, AwsKind>): Right[] {
  const rights = wanted.flatMap(
    ({ target, checks }) =>
      kinds.get(target.kind)?.rights({ ...target, region: target.region ?? '*' }, facetsAt(checks, 'inspect').length > 0) ?? [],
  );
  const all = [{ right: 'sts:GetCallerIdentity', on: '*', why: 'to know which account answers (AWS grants it to everybody)' }, ...rights];
  return [...new Map(all.map((right) => [JSON.stringify([right.right, right.on]), right])).values()];
}

/** What listening to the connection's queues of events takes: to receive from exactly these, and nothing more. */
export function listeningRights(connection: Connection): Right[] {
  return queuesOf(connection).map(({ arn: on }) => ({
    right: 'sqs:ReceiveMessage',
    on,
    why: 'to hear of what happened before the next look would find it',
  }));
}

/** What lists everything of every kind, on the roll or not. None of it can change anything; with `proposals` keys of objects are listed too. */
export function discoveryRights({ sts }: Connection, depth: DiscoveryDepth, kinds: Iterable<AwsKind>): Right[] {
  const rights = [...kinds].flatMap((kind) =>
    exploredBy(kind, depth) === undefined || (sts === 'off' && kind.withoutSts !== true) ? [] : kind.discovers(depth),
  );
  return [...new Map(rights.map((right) => [right.right, right])).values()];
}

/** Rights of a discovery: each action on everything. */
export function toDiscover(kind: string, ...actions: readonly string[]): Right[] {
  return actions.map((right) => ({ right, on: '*', why: `to find every ${kind}, on the roll or not` }));
}
