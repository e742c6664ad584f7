import * as z from 'zod';
import { SCOPES } from '../values/scopes.ts';
import { name } from '../values/fields.ts';
import { day } from './fields.ts';

const HASH = 'must be the digest that rollcall token prints: sha256: and 64 hexadecimal digits; never the token itself';

/** What the holder of a token is called. */
export const HOLDER = name(40);

/** Who may speak to the HTTP interface, each by a token of which config.yaml holds the digest alone. */
export const tokensSchema = () =>
  z.record(
    HOLDER,
    z.strictObject({
      scopes: z
        .array(z.enum(SCOPES))
        .min(1)
        .describe(
          'what it is for: read (everything that is read), metrics (/metrics alone), claim, request (ask, and fetch the one-time token), grant (use a one-time token)',
        ),
      hash: z
        .string({ error: HASH })
        .regex(/^sha256:[0-9a-f]{64}$/, { error: HASH })
        .describe('digest of the token, as rollcall token prints it'),
      expires: day().optional().describe('the last day on which it counts (UTC); without it, until it is taken out'),
      kind: z
        .enum(['human', 'agent'])
        .default('agent')
        .describe('with request: a person, by the name that signers has for them, or a program (default agent)'),
    }),
  );
