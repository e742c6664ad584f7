import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './source-file.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown; readonly allValue?: string }[] };
}

/** The dashboard that `deploy/` has for Grafana. */
export const dashboard = (): Dashboard => JSON.parse(readFileSync(join(ROOT, 'deploy/grafana/rollcall.json'), 'utf8')) as Dashboard;

/** Every query of it as Grafana sends it where all watchers are chosen. */
export function queriesOf({ panels }: Dashboard): { readonly title: string; readonly expr: string }[] {
  return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr: expr.replaceAll('$instance', '.*') })));
}
