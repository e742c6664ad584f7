import type { LedgerHead } from './chain.ts';
import type { PrintedClaim } from './claim.ts';
import type { Breach, VerdictKind } from './outcome.ts';
import type { Severity } from './expectation.ts';
import type { PrintedWindow } from './maintenance.ts';
import type { Mass, WitnessWord } from './mass.ts';

/** A page as CONTRACT §5 gives it to machines; pagers word it for people from the same fields. */
export type PageEvent = 'trigger' | 'update' | 'resolve' | 'test';
export type PageReason =
  | 'first'
  | 'worsened'
  | 'joined'
  | 'changed'
  | 'repeat'
  | 'escalated'
  | 'resolved'
  | 'superseded'
  | 'retired'
  | 'repinned'
  | 'test';

/** Evidence as printed: times as RFC 3339, everything bounded. */
export interface PrintedEvidence {
  readonly method: string;
  readonly vantage: string;
  readonly at: string;
  readonly complete?: boolean;
  readonly control?: string;
  readonly look: number;
  readonly excerpt: string;
}

/** One resource as `check --json` and pages print it (CONTRACT §4). */
export interface PrintedResource {
  readonly id: string;
  readonly kind: string;
  readonly connection: string;
  readonly severity: Severity;
  readonly verdict: VerdictKind;
  readonly breaches: readonly Breach[];
  readonly pin: 'manifest' | 'store' | 'none';
  readonly skipped: readonly { readonly facet: string; readonly reason: string; readonly say: string }[];
  readonly summary: string;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly actual: Readonly<Record<string, unknown>> | null;
  readonly evidence: readonly PrintedEvidence[];
  readonly last_seen_healthy: string | null;
  readonly first_seen_bad: string | null;
  readonly undo_before: string | null;
  /** The call or link that undoes a deletion that is only marked. */
  readonly undo?: string;
  /** Every identifier held of it, and where it lies: what a provider's support asks for first. */
  readonly ids?: Readonly<Record<string, string>>;
  readonly duration_ms: number;
  readonly owner?: string;
  readonly runbook?: string;
  readonly protected_by?: readonly string[];
  /** In a page: how it stands with what protects it. */
  readonly protection?: readonly PrintedProtection[];
  /** The maintenance window it is in: whoever is woken up may want to ask its author. */
  readonly window?: PrintedWindow;
  /** Gone once, as people approved. */
  readonly approved_loss?: { readonly request: string; readonly people: readonly string[]; readonly at: string };
}

export interface PrintedProtection {
  readonly id: string;
  readonly verdict: VerdictKind;
  readonly summary: string;
  readonly last_seen_healthy: string | null;
}

export interface Page {
  readonly schema: 'rollcall/page/v1';
  readonly event: PageEvent;
  readonly reason: PageReason;
  readonly incident: string;
  readonly dedup_key: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly watchdog: string;
  readonly at: string;
  readonly total: number;
  /** Everything on one connection at once: nothing of what is on the roll there was spared. */
  readonly mass?: Mass & { readonly connection: string };
  /** On pages of blindness, where a witness is configured and was asked just now. */
  readonly witness?: WitnessWord;
  /** Present and true where `resources` was cut; the rest is at `links.status`. */
  readonly truncated?: true;
  readonly resources: readonly PrintedResource[];
  /** What was reported around that time by agents and pipelines: never believed. */
  readonly claims: readonly PrintedClaim[];
  readonly links: { readonly runbook?: string; readonly status?: string };
  readonly ledger_head: LedgerHead | null;
}
