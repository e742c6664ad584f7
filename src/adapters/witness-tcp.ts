import { connect } from 'node:net';
import type { Witness } from '../ports.ts';

/** How long a connection may take: a host that is up answers in a few round trips, wherever it is. */
const PATIENCE_MS = 1500;

/** Asks whether a TCP connection to an address can be made; nothing is sent over it. */
export function createTcpWitness({ host, port }: { readonly host: string; readonly port: number }): Witness {
  return {
    address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    answers: async (signal) => {
      const socket = connect({ host, port });
      const { promise, resolve } = Promise.withResolvers<boolean>();
      // A refusal is an answer: somebody out there is reached, and that is all that is asked.
      socket.once('connect', () => resolve(true)).once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
      const give = (): void => resolve(false);
      const late = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
      late.addEventListener('abort', give, { once: true });
      if (late.aborted) give();
      try {
        return await promise;
      } finally {
        late.removeEventListener('abort', give);
        socket.destroy();
      }
    },
  };
}
