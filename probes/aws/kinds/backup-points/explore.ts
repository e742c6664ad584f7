import type { DiscoveryDepth } from '../../../../src/probe.ts';
import { floorUnder } from '../../../../src/values/floor-under.ts';
import { isRestorable, pointPages } from '../../backup/points.ts';
import { vaultPages } from '../../backup/vaults.ts';
import type { Explored, Proposal } from '../../kind.ts';
import { pinOf } from '../../measure.ts';
import { proposeCopies } from '../../propose-copies.ts';
import { NEVER_MS } from '../../s3/lifecycle.ts';
import type { Vantage } from '../../vantage.ts';
import type { Point } from './look.ts';
import { readPoints } from './reading.ts';

const DAY_MS = 86_400_000;
/** Of a thousand points, for each vault. */
const PAGES = 5;
/** Of a vault that holds backups of more than so many things one entry is proposed, and not one for each. */
const RESOURCES = 20;

/** What there is in each vault: by name one set for each, and as proposals one for each thing that is backed up there. */
export async function* explorePoints(
  vantage: Vantage,
  { depth }: { readonly depth: DiscoveryDepth },
): AsyncGenerator<Explored, void, void> {
  let done = 0;
  for await (const page of vaultPages(vantage))
    for (const { BackupVaultName: vault, NumberOfRecoveryPoints: about = 0, CreationDate: vaultCreated } of page) {
      if (vault === undefined || about === 0) continue;
      const of = { vault, ...(vaultCreated && { vaultCreated }) };
      if (depth === 'names') {
        yield bare(vantage, of, about);
        continue;
      }
      try {
        const { points, isWhole } = await pointsOf(vantage, of);
        yield* proposals(vantage, of, points, isWhole);
        yield { is: 'progress', done: ++done, what: 'vaults looked into' };
      } catch (error) {
        yield { is: 'closed', on: `backup:ListRecoveryPointsByBackupVault of ${vault} in ${vantage.region}`, error };
        yield bare(vantage, of, about);
      }
    }
}

type Vault = Pick<Point, 'vault' | 'vaultCreated'>;

async function pointsOf(vantage: Vantage, of: Vault): Promise<{ readonly points: readonly Point[]; readonly isWhole: boolean }> {
  const points: Point[] = [];
  let pages = 0;
  for await (const page of pointPages(vantage, of.vault)) {
    if (++pages > PAGES) return { points, isWhole: false };
    points.push(...page.map((point) => ({ ...point, ...of })));
  }
  return { points, isWhole: true };
}

function* proposals(vantage: Vantage, of: Vault, points: readonly Point[], isWhole: boolean): Generator<Explored, void, void> {
  const byResource = Map.groupBy(points, ({ ResourceArn }) => ResourceArn);
  if (byResource.size > RESOURCES || byResource.has(undefined)) yield proposed(vantage, of, points, isWhole, undefined);
  else for (const [resource, own] of byResource) yield proposed(vantage, of, own, isWhole, resource);
}

function proposed(vantage: Vantage, of: Vault, points: readonly Point[], isWhole: boolean, resource: string | undefined): Explored {
  const now = vantage.now().wall;
  const { vault } = of;
  const copies = points.map((point) => ({ at: point.CreationDate, whole: isRestorable(point), encrypted: point.IsEncrypted === true }));
  const { expect, facts } = proposeCopies(copies, now);
  const target = { kind: '', region: undefined, key: vault, scope: vault, resource, plan: undefined };
  const { measures } = readPoints(points, target, now, vantage.account);
  const kept = Number(measures['kept']?.value ?? 0);
  const plans = new Set(points.map(({ CreatedBy }) => CreatedBy?.BackupPlanId));
  const [plan] = plans;
  const whole = copies.filter((one) => one.whole);
  return set(vantage, of, {
    label: resource === undefined ? vault : `${vault}: ${resource}`,
    name: `${vault}-${resource === undefined ? '' : `${resource.split(/[:/]/).at(-1) ?? ''}-`}recovery-points`,
    entry: { vault, ...(resource !== undefined && { resource }) },
    inspect: '1h',
    expect: {
      // Which page the newest is on nobody says.
      ...(isWhole && expect['newest_within'] !== undefined && { newest_within: expect['newest_within'] }),
      ...(whole.length > 0 && { min_count: floorUnder(whole.length, 0.25) }),
      ...(kept >= DAY_MS && kept < NEVER_MS && { min_kept: `${Math.floor(kept / DAY_MS)}d` }),
      ...(plans.size === 1 && plan !== undefined && { plan }),
    },
    facts: [
      ...facts.filter((fact) => fact !== 'not each is encrypted'),
      ...(isWhole ? [] : [`there are more: only ${points.length} of the vault were looked at`]),
      ...(plans.size > 1 ? [`made by ${plans.size} plans, or by none`] : []),
    ],
  });
}

function bare(vantage: Vantage, of: Vault, about: number): Explored {
  const { vault } = of;
  return set(vantage, of, {
    label: vault,
    name: `${vault}-recovery-points`,
    entry: { vault },
    facts: [`about ${about} recovery points`],
  });
}

function set({ account }: Vantage, { vault, vaultCreated }: Vault, proposal: Omit<Proposal, 'pin'>): Explored {
  const pin = pinOf({ account, vault_created: vaultCreated });
  return { is: 'set', keys: [vault], proposal: { sweep: '5m', ...proposal, pin } };
}
