import type { Memory } from './memory.ts';
import type { Measure } from './report.ts';

/** What is left of a step after one more look: at a look a second, half of it after twelve minutes. */
const FADE = 0.999;

/** How far a counter rose since the last look, or undefined where there is no last look of the same epoch. */
export function counterStep(name: string, measure: Measure, memory: Memory): number | undefined {
  const last = memory.last[name];
  if (!last || last.epoch !== measure.epoch) return undefined;
  const step = Number(measure.value) - Number(last.value);
  return step >= 0 ? step : undefined;
}

/** By how much a size fell since the last look; 0 where it did not, or where there is nothing to compare with. */
export function fallOf(name: string, measure: Measure, memory: Memory): number {
  const last = memory.last[name];
  if (!last || last.epoch !== measure.epoch) return 0;
  return Math.max(0, Number(last.value) - Number(measure.value));
}

/**
 * The largest step of late: it rises at once and fades slowly, so that what comes in bursts is news once, where a mean would have
 * forgotten it before the next.
 */
export function usualStep(name: string, measure: Measure, memory: Memory): number {
  return Math.max(counterStep(name, measure, memory) ?? 0, (memory.last[name]?.usual ?? 0) * FADE);
}

/** The largest fall of late, remembered in the same way. */
export function usualFall(name: string, measure: Measure, memory: Memory): number {
  return Math.max(fallOf(name, measure, memory), (memory.last[name]?.usual ?? 0) * FADE);
}
