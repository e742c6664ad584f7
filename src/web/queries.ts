import * as z from 'zod';
import { PAGING } from './lists.ts';

const VERDICTS = ['present', 'degraded', 'doomed', 'impostor', 'absent', 'blind'] as const;
const CLASSES = ['lost', 'degraded', 'blind'] as const;
const STATES = ['PENDING', 'APPROVED', 'FAILED'] as const;

const anyOf = <T extends z.ZodType<string>>(one: T, what: string) =>
  z
    .array(one)
    .min(1)
    .max(50)
    .meta({ description: `only ${what}; given several times, any of them` });
const words = (what: string) => anyOf(z.string().min(1).max(100), what);

/** What may be asked of each list. */
export const QUERIES = {
  resources: {
    ...PAGING,
    verdict: anyOf(z.enum(VERDICTS), 'those with this verdict'),
    kind: words('those of this kind'),
    connection: words('those behind this connection'),
  },
  incidents: {
    ...PAGING,
    class: anyOf(z.enum(CLASSES), 'those of this class'),
    connection: words('those of this connection'),
  },
  requests: { ...PAGING, status: anyOf(z.enum(STATES), 'those that stand like this') },
} as const;
