import { html } from 'hono/html';
import type { Measured } from '../../core/measured.ts';
import type { PrintedResource } from '../../core/page.ts';
import { formatFact } from '../../values/fact.ts';
import { isWithin, sayBounds, sayValue } from './chart.ts';
import type { Html } from './parts.ts';

interface Row {
  readonly what: Html | string;
  readonly expected: string;
  readonly found: string;
  readonly holds: boolean;
}

/** What is demanded beside what is: what is broken first, then the identity, then the bounds that hold. */
export function expectations({ breaches, expected, actual }: PrintedResource, measured: readonly Measured[]): Html {
  const broken = breaches.map(({ what, path, kind, expected: wanted, actual: is, unit }): Row => ({
    what: html`${what}<small>${path}, ${kind}</small>`,
    expected: formatFact(wanted, unit),
    found: formatFact(is, unit),
    holds: false,
  }));
  const [wanted, is] = [expected['identity'], actual?.['identity']];
  const identity: Row = {
    what: 'identity',
    expected: formatFact(wanted),
    found: actual === null ? 'nothing' : formatFact(is),
    holds:
      actual !== null && Object.entries(wanted ?? {}).every(([key, text]) => (is as Record<string, unknown> | undefined)?.[key] === text),
  };
  const bounds = measured.flatMap((one): Row[] => {
    const must = sayBounds(one);
    if (must === '' || !isWithin(one)) return [];
    return [{ what: one.of, expected: must, found: one.now === null ? 'not measured now' : sayValue(one.now, one.unit), holds: true }];
  });
  return html`<table>
    <caption class="hidden">
      Expectations
    </caption>
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">Expected</th>
        <th scope="col">Found</th>
      </tr>
    </thead>
    <tbody>
      ${[...broken, identity, ...bounds].map(
        ({ what, expected: must, found, holds }) =>
          html`<tr>
            <th scope="row">${what}</th>
            <td data-label="Expected">${must}</td>
            <td data-label="Found" class="${holds ? '' : 'wrong'}">
              ${found}${holds ? '' : html` <span class="hidden">(not as expected)</span>`}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
