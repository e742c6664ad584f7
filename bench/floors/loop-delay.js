// Loaded before the daemon (`--import`): says on SIGUSR2 how long the event loop was held at most since it was asked last, and begins anew.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('SIGUSR2', () => {
  const ms = (ns) => ns / 1e6;
  process.stderr.write(`${JSON.stringify({ loop: { max: ms(delay.max), p99: ms(delay.percentile(99)) } })}\n`);
  delay.reset();
});
