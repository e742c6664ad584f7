import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metrics } from '../../src/web/metrics.ts';
import { dashboard, queriesOf } from '../support/dashboard.ts';
import { ROOT } from '../support/source-file.ts';
import { makeTroubled } from '../support/status.ts';

const namesIn = (text: string): string[] => [...text.matchAll(/\brollcall_\w+/g)].map(([name]) => name);

describe('the dashboard for Grafana', () => {
  it('and the rules for Prometheus ask for metrics that exist, by labels that they have', async () => {
    const body = await new Response(new Metrics('1').expose(makeTroubled(4))).text();
    const labels = new Map<string, Set<string>>();
    for (const [, name = '', inside = ''] of body.matchAll(/^(rollcall_\w+)(?:\{([^}]*)\})? /gm)) {
      const known = labels.get(name) ?? new Set(['instance', 'job']);
      for (const [, label = ''] of inside.matchAll(/(\w+)=/g)) known.add(label);
      labels.set(name, known);
    }
    const rules = readFileSync(join(ROOT, 'deploy/prometheus/rollcall.rules.yaml'), 'utf8');
    const exprs = [...queriesOf(dashboard()).map(({ expr }) => expr), ...[...rules.matchAll(/expr: (.*)/g)].map(([, expr = '']) => expr)];
    assert.ok(exprs.length > 15);
    for (const expr of exprs) {
      for (const name of namesIn(expr)) assert.ok(labels.has(name), `${name} in ${expr}`);
      for (const [, name = '', inside = ''] of expr.matchAll(/(rollcall_\w+)\{([^}]*)\}/g))
        for (const [, label = ''] of inside.matchAll(/(\w+) *(?:=~|!=|!~|=)/g))
          assert.ok(labels.get(name)?.has(label), `${label} in ${expr}`);
    }
  });

  it('has panels that say what they are, beside each other and not over each other', () => {
    const { panels, uid } = dashboard();
    assert.equal(uid, 'rollcall');
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const taken = new Set<string>();
    for (const { title, description = '', gridPos } of panels) {
      assert.ok(title.length > 3 && description.length > 5, title);
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(!taken.has(`${x} ${y}`), title);
          taken.add(`${x} ${y}`);
        }
    }
  });
});
