// Loaded before the daemon (`--import`): says on SIGUSR2 how long the event loop was held at most since it was asked last, and begins anew.
// `busy` is what its thread computed meanwhile: on a machine that others share, the rest is waiting for a processor.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const computed = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let [last, busy] = [computed(), 0];
setInterval(() => {
  const now = computed();
  busy = Math.max(busy, now - last);
  last = now;
}, 1).unref();
process.on('SIGUSR2', () => {
  const ms = (ns) => ns / 1e6;
  process.stderr.write(`${JSON.stringify({ loop: { max: ms(delay.max), p99: ms(delay.percentile(99)), busy } })}\n`);
  delay.reset();
  busy = 0;
});
