import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { ROOT } from '../support/source-file.ts';

const file = z.object({
  services: z.strictObject({
    rollcall: z.object({
      build: z.object({ context: z.literal('../..'), args: z.object({ NODE_IMAGE: z.string() }) }),
      user: z.string().regex(/^[1-9]\d*:[1-9]\d*$/),
      read_only: z.literal(true),
      cap_drop: z.tuple([z.literal('ALL')]),
      cap_add: z.never().optional(),
      privileged: z.never().optional(),
      ports: z.never().optional(),
      security_opt: z.tuple([z.literal('no-new-privileges:true')]),
      restart: z.string(),
      environment: z.record(z.string(), z.string()),
      volumes: z.array(z.object({ type: z.string(), source: z.string(), target: z.string(), read_only: z.boolean().optional() })),
    }),
  }),
  volumes: z.record(z.string(), z.unknown()),
});

describe('the compose file', () => {
  const { services, volumes } = file.parse(parse(readFileSync(join(ROOT, 'deploy/compose/compose.yaml'), 'utf8')));
  const mounts = services.rollcall.volumes;

  it('runs as the user that the image is made for', () => {
    const user = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').match(/^USER (.*)$/m)?.[1];
    assert.equal(services.rollcall.user, user);
  });

  it('keeps the state on a volume of its own, and mounts everything else read-only', () => {
    assert.deepEqual(
      mounts.map(({ target, read_only: readOnly = false }) => [target, readOnly]),
      [
        ['/etc/rollcall', true],
        ['/run/credentials', true],
        ['/var/lib/rollcall', false],
      ],
    );
    const state = mounts.at(-1);
    assert.ok(state?.type === 'volume' && Object.hasOwn(volumes, state.source));
  });

  it('hands secrets over as files, none as a variable', () => {
    assert.deepEqual(services.rollcall.environment, { CREDENTIALS_DIRECTORY: '/run/credentials' });
  });
});
