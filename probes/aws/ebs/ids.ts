import * as z from 'zod';

/** The id of a volume in an entry. */
export const volumeId = z.string().regex(/^vol-[0-9a-f]{8,17}$/, 'must be the id of a volume such as vol-0123456789abcdef0');
