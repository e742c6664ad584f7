import * as z from 'zod';
import type { FromTerraform, TerraformEntry } from '../../kind.ts';

const volumeSchema = z.object({
  id: z.string().startsWith('vol-'),
  arn: z.string().nullish(),
  encrypted: z.boolean().nullish(),
  kms_key_id: z.string().nullish(),
  size: z.number().nullish(),
});
const blockSchema = z.object({
  volume_id: z.string().startsWith('vol-'),
  device_name: z.string().nullish(),
  encrypted: z.boolean().nullish(),
  kms_key_id: z.string().nullish(),
  volume_size: z.number().nullish(),
  delete_on_termination: z.boolean().nullish(),
});
const instanceSchema = z.object({ arn: z.string().nullish(), ebs_block_device: z.array(z.unknown()).nullish() });

/** Volumes, and those that an instance brings along; its root, which holds the system, is none of them. */
export const terraform: Readonly<Record<string, FromTerraform>> = {
  aws_ebs_volume: (raw) => {
    const parsed = volumeSchema.safeParse(raw);
    if (!parsed.success) return ['it has no id of a volume'];
    const { id, arn, encrypted, kms_key_id, size } = parsed.data;
    return [volume({ id, arn, encrypted, key: kms_key_id, size })];
  },
  aws_instance: (raw) => {
    const instance = instanceSchema.safeParse(raw);
    if (!instance.success) return ['it is no instance that can be read'];
    const { arn, ebs_block_device: blocks } = instance.data;
    return (blocks ?? []).flatMap((block): TerraformEntry[] => {
      const parsed = blockSchema.safeParse(block);
      if (!parsed.success) return [];
      const { volume_id: id, device_name: device, encrypted, kms_key_id, volume_size, delete_on_termination: goes } = parsed.data;
      const made = volume({ id, arn, encrypted, key: kms_key_id, size: volume_size });
      const facts = [...(made.facts ?? []), `${device ?? 'attached'}${goes === true ? ', deleted with its instance' : ''}`];
      const expect = { ...made.expect, ...(goes === false && { kept_on_termination: true }) };
      return [{ ...made, facts, expect, todo: ['take it out where nothing on it would be missed'] }];
    });
  },
};

interface Told {
  readonly id: string;
  readonly arn: string | null | undefined;
  readonly encrypted: boolean | null | undefined;
  readonly key: string | null | undefined;
  readonly size: number | null | undefined;
}

function volume({ id, arn, encrypted, key, size }: Told): TerraformEntry {
  return {
    name: id,
    entry: { volume: id },
    arn: arn ?? undefined,
    pin: key ? { kms_key: key } : {},
    expect: { ...(encrypted === true && { encrypted: true }), ...(size && { min_size: `${size}GiB` }) },
    facts: size ? [`${size} GiB`] : [],
  };
}
