import type { Facet } from '../../../../src/probe.ts';

export const ROTATION: Facet = 'protection/rotation';
