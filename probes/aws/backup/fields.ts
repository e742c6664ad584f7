import * as z from 'zod';

/** The name of a vault. */
export const vaultName = () => z.string().regex(/^[a-zA-Z0-9_-]{2,50}$/, 'must be the name of a vault');
