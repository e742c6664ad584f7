import { hostname } from 'node:os';
import type { Prompts } from '../../adapters/prompts-clack.ts';
import { probes } from '../../app.ts';
import type { DraftConfig } from '../../draft/draft-config.ts';
import { idMaker } from '../../draft/id-maker.ts';
import { name as nameField } from '../../values/fields.ts';
import { askAll, type Answers, type TypedSecret } from './answers.ts';
import { PAGERS, type PagerType } from './pagers.ts';

/** What was answered: nothing has been written yet. */
export interface Interview {
  readonly config: DraftConfig;
  readonly secrets: readonly TypedSecret[];
}

const NOTHING_MORE = 'nothing more';

/** The few questions of a first set-up. @throws Cancelled */
export async function interview(prompts: Prompts, manifest: string): Promise<Interview> {
  const field = nameField(40);
  const makeName = idMaker();
  const watchdog = await prompts.text({
    ask: 'What is this watcher called? Its name stands in every page.',
    initial: idMaker()(hostname().split('.', 1)[0] ?? '').slice(0, 40),
    check: (text) => field.safeParse(text).error?.issues[0]?.message,
  });
  const secrets: TypedSecret[] = [];
  const connections: Record<string, Readonly<Record<string, unknown>>> = {};
  for (;;) {
    const probe = await chooseProbe(prompts, Object.keys(connections).length > 0);
    if (!probe?.setup) break;
    const called = await prompts.text({
      ask: `What is ${probe.setup.title} called here?`,
      initial: makeName(probe.name),
      check: (text) =>
        field.safeParse(text).error?.issues[0]?.message ?? (text in connections ? 'There is one of that name already' : undefined),
    });
    const answers = await askAll(prompts, called, probe.setup.questions, probe.connection.shape);
    connections[called] = { probe: probe.name, ...answers.settings };
    secrets.push(...answers.secrets);
  }
  const pager = await askPager(prompts);
  const heartbeat = await askAll(
    prompts,
    'heartbeat',
    [
      {
        key: 'url',
        ask: "Ping address of a dead man's switch elsewhere (healthchecks.io protocol), which alarms when this watcher falls silent; nothing for none",
        answer: 'secret',
        optional: true,
      },
    ],
    {},
  );
  return {
    config: {
      watchdog: { name: watchdog },
      manifest: `./${manifest}`,
      connections,
      pagers: { [pager.name]: { type: pager.type, ...pager.answers.settings } },
      routes: [{ pagers: [pager.name] }],
      ...(heartbeat.secrets.length > 0 && { heartbeat: heartbeat.settings }),
    },
    secrets: [...secrets, ...pager.answers.secrets, ...heartbeat.secrets],
  };
}

async function chooseProbe(prompts: Prompts, mayEnd: boolean) {
  const offered = [...probes.values()].flatMap(({ name, setup }) => (setup ? [{ value: name, label: setup.title }] : []));
  const end = { value: NOTHING_MORE, label: NOTHING_MORE };
  const ask = mayEnd ? 'What else is to be watched?' : 'What is to be watched?';
  return probes.get(await prompts.choose(ask, mayEnd ? [end, ...offered] : offered));
}

async function askPager(prompts: Prompts): Promise<{ readonly name: string; readonly type: PagerType; readonly answers: Answers }> {
  const types = Object.entries(PAGERS).map(([value, { label }]) => ({ value: value as PagerType, label }));
  const type = await prompts.choose('Who is told when something is gone?', types);
  const name = type === 'console' ? 'console' : 'oncall';
  return { name, type, answers: await askAll(prompts, name, PAGERS[type].questions, {}) };
}
