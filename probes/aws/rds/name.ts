import * as z from 'zod';

/** An identifier of RDS in an entry; `what` it is one of: `an instance`. */
export const rdsName = (what: string) =>
  z
    .string()
    .regex(/^[a-zA-Z](?:-?[a-zA-Z0-9])*$/, `must be ${what} identifier: letters, digits and single hyphens`)
    .max(63);
