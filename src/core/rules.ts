import { counterStep, fallOf } from './counter.ts';
import type { Check, Severity } from './expectation.ts';
import type { Memory } from './memory.ts';
import type { Breach } from './outcome.ts';
import type { Measure } from './report.ts';
import { formatMeasure } from './wording.ts';

export type Measures = Readonly<Record<string, Measure>>;

/** What one check makes of one look's measures. */
export type Finding =
  | { readonly is: 'good' }
  /** A single number moved that alone proves nothing: worth a look, not a page. */
  | { readonly is: 'suspicious'; readonly say: string }
  | { readonly is: 'broken'; readonly breach: Breach }
  /** An estimate falls short where only an exact count would do: it proves nothing, and it clears nothing. */
  | { readonly is: 'doubtful'; readonly say: string }
  /** The measure was promised and is not there. */
  | { readonly is: 'unmeasured' };

const GOOD: Finding = { is: 'good' };

/** Compares one check with the measures of one look. `defaultSeverity` is what its kind of breach weighs on this resource. */
export function applyRule(check: Check, measures: Measures, memory: Memory, defaultSeverity: Severity): Finding {
  const measure = measures[check.measure];
  const rule = check.rule;
  // Measured in turn: a look at which it was not its turn says nothing of it.
  if (!measure && rule.is === 'falls') return GOOD;
  // What is no number where one is compared was not measured: NaN is below no floor, and so would pass for good.
  if (!measure || (rule.is !== 'equals' && !Number.isFinite(measure.value))) return { is: 'unmeasured' };
  const broken = (expected: number | string | null, sentence?: string): Finding => ({
    is: 'broken',
    breach: {
      kind: check.breach,
      path: check.path,
      what: check.sentence ?? sentence ?? sentenceOf(check, measure),
      expected,
      actual: measure.value,
      severity: check.severity ?? defaultSeverity,
      ...(measure.unit === 'bytes' || measure.unit === 'ms' || measure.unit === 'flag' ? { unit: measure.unit } : {}),
    },
  });
  switch (rule.is) {
    case 'at_least':
      if (Number(measure.value) >= rule.bound) return GOOD;
      return measure.how === 'estimate' ? doubtful(check, measure) : broken(rule.bound);
    case 'at_most':
      return Number(measure.value) <= rule.bound ? GOOD : broken(rule.bound);
    case 'equals':
      return measure.value === rule.value ? GOOD : broken(rule.value);
    case 'never_shrinks':
      if (measure.how === 'estimate' && fell(measure, memory.baselines[check.measure], 0)) return doubtful(check, measure);
      return fell(measure, memory.baselines[check.measure], 0)
        ? broken(memory.baselines[check.measure] ?? null, shrunk(check, measure, memory))
        : GOOD;
    case 'shrinks_at_most': {
      if (!fell(measure, memory.baselines[check.measure], rule.share)) return GOOD;
      const sentence = shrunk(check, measure, memory);
      const proven = measure.how === 'exact' && measure.unit !== 'bytes';
      if (proven || rule.corroboration.some((name) => corroborates(name, measures, memory, rule.share)))
        return broken(floorOf(memory.baselines[check.measure], rule.share), sentence);
      if (measure.how === 'estimate' && rule.corroboration.length === 0) return doubtful(check, measure);
      return { is: 'suspicious', say: sentence };
    }
    case 'churns_at_most': {
      const step = counterStep(check.measure, measure, memory);
      const base = memory.baselines[rule.of];
      // A base of none is one that was never known, as after a crash: no share can be told of it.
      if (step === undefined || base === undefined || base === 0 || step <= base * rule.share) return GOOD;
      return broken(Math.floor(base * rule.share), `${step} ${check.noun} of ${check.subject} between two looks, of ${base} held`);
    }
    case 'rises_at_most': {
      const step = counterStep(check.measure, measure, memory);
      if (step === undefined || step <= rule.bound) return GOOD;
      return broken(rule.bound, `${step} ${check.noun} of ${check.subject} between two looks`);
    }
    case 'jumps': {
      const last = memory.last[check.measure];
      if (!last) return GOOD;
      const step = counterStep(check.measure, measure, memory);
      if (step === undefined) return { is: 'suspicious', say: `${check.noun} of ${check.subject} are counted anew` };
      if (step < rule.least || step <= (last.usual ?? 0) * rule.factor) return GOOD;
      return { is: 'suspicious', say: `${step} ${check.noun} of ${check.subject} since the last look` };
    }
    case 'falls': {
      const fall = fallOf(check.measure, measure, memory);
      if (fall < rule.least || fall <= (memory.last[check.measure]?.usual ?? 0) * rule.factor) return GOOD;
      return { is: 'suspicious', say: `${check.subject} fell by ${formatMeasure({ ...measure, value: fall })} since the last look` };
    }
    case 'restarts': {
      const anew = memory.last[check.measure] !== undefined && counterStep(check.measure, measure, memory) === undefined;
      return anew ? { is: 'suspicious', say: `${check.noun} of ${check.subject} are counted anew` } : GOOD;
    }
  }
}

function doubtful(check: Check, measure: Measure): Finding {
  return { is: 'doubtful', say: `only an estimate could be had: ${sentenceOf(check, measure)}` };
}

function sentenceOf(check: Check, measure: Measure): string {
  return `${check.subject} has ${formatMeasure(measure)}${check.noun === '' ? '' : ` ${check.noun}`}`;
}

function shrunk(check: Check, measure: Measure, memory: Memory): string {
  const before = formatMeasure({ ...measure, value: memory.baselines[check.measure] ?? 0 });
  return `${check.subject} shrank from ${before} to ${formatMeasure(measure)}${check.noun === '' ? '' : ` ${check.noun}`}`;
}

function floorOf(baseline: number | undefined, share: number): number {
  return Math.ceil((baseline ?? 0) * (1 - share));
}

function fell(measure: Measure, baseline: number | undefined, share: number): boolean {
  return baseline !== undefined && Number(measure.value) < floorOf(baseline, share);
}

/** A second signal, independent of the first: another measure fell by the same share, or (`!name`) is no longer what it was. */
function corroborates(name: string, measures: Measures, memory: Memory, share: number): boolean {
  const changed = name.startsWith('!');
  const key = changed ? name.slice(1) : name;
  const measure = measures[key];
  const last = memory.last[key];
  if (!measure || last?.epoch !== measure.epoch) return false;
  return changed ? last !== undefined && last.value !== measure.value : fell(measure, memory.baselines[key], share);
}
