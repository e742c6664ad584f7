/** `npm run bench [-- NAME...]`: measures, prints a table, writes bench/results/RUN.json. README.md says what the figures mean. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bench, SCENARIOS } from './bench.ts';
import { printTable } from './table.ts';

const RESULTS = fileURLToPath(new URL('results/', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    drops: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '30' },
    starts: { type: 'string', default: '10' },
    hours: { type: 'string', default: '24' },
    databases: { type: 'string', multiple: true, default: [] },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  const names = SCENARIOS.map(({ name }) => name).join(' ');
  console.log(`npm run bench -- [${names}] [--drops N] [--seconds N] [--starts N] [--hours N] [--databases N]... [--profile]`);
  process.exit(0);
}

const began = new Date();
const run = `run-${began.toISOString().replace(/\D/g, '').slice(0, 14)}-${process.pid}`;
const profiles = `${RESULTS}${run}`;
await mkdir(RESULTS, { recursive: true });
const options = {
  drops: Number(values.drops),
  seconds: Number(values.seconds),
  starts: Number(values.starts),
  hours: Number(values.hours),
  ...(values.profile && { profiles }),
};
const wanted = { names: positionals, sizes: values.databases.map(Number) };
const rows = await bench(run, wanted, options, (text) => console.error(`${new Date().toTimeString().slice(0, 8)} ${text}`));
const machine = { cpus: availableParallelism(), model: cpus()[0]?.model ?? '', load: loadavg(), node: process.version };
const result = { run, began, ended: new Date(), machine, options: { ...options, ...wanted }, rows };
await writeFile(`${RESULTS}${run}.json`, `${JSON.stringify(result, null, 2)}\n`);
console.log(
  `${run}: load ${loadavg()
    .map((one) => one.toFixed(1))
    .join(' ')} on ${machine.cpus} cores, Node ${machine.node}\n\n${printTable(rows)}`,
);
if (values.profile) console.log(`CPU profiles: ${profiles}`);
