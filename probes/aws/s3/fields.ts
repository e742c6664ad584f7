import * as z from 'zod';

/** The name of a bucket, as S3 has allowed them over the years. */
export const bucketName = () => z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{1,253})[a-zA-Z0-9]$/, 'must be the name of a bucket');

/** Objects that must be there unchanged, by their keys. */
export const canaries = () =>
  z
    .record(
      z.string().min(1).max(1024),
      z
        .strictObject({
          etag: z
            .string()
            .regex(/^[^"\s]{1,200}$/, 'must be an ETag, without its quotes')
            .optional()
            .describe('Its ETag: another one, and it was written anew.'),
          version_id: z.string().min(1).max(1024).optional().describe('The id of its newest version.'),
          readable: z
            .boolean()
            .optional()
            .describe(
              'True: also asked whether it can be read without a key of somebody else (HeadObject; needs s3:GetObject on this one key).',
            ),
        })
        .refine(({ etag, version_id, readable }) => etag !== undefined || version_id !== undefined || readable === true, {
          error: 'must say etag, version_id or readable: true',
        }),
    )
    .optional()
    .describe('Objects of yours that must be there unchanged, by key; looked at by ListObjectVersions.');

interface Canary {
  readonly etag?: string | undefined;
  readonly version_id?: string | undefined;
  readonly readable?: boolean | undefined;
}

export type Canaries = Readonly<Record<string, Canary>>;
