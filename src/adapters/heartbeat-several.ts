import type { Heartbeat } from '../ports.ts';

/** Several dead man's switches, each told on its own, all at the same time. Heard only where every one has heard: one alone may die unnoticed. */
export function createSeveralHeartbeats(heartbeats: readonly Heartbeat[]): Heartbeat {
  return {
    async beat(ok, note, signal) {
      const heard = await Promise.all(heartbeats.map((heartbeat) => heartbeat.beat(ok, note, signal)));
      return heard.every(Boolean);
    },
  };
}
