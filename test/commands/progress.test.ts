import assert from 'node:assert/strict';
import { ProgressLine } from '../../src/commands/progress.ts';

function shown(showsProgress: boolean): string {
  let text = '';
  {
    using line = new ProgressLine({ err: (part) => void (text += part), showsProgress });
    line.show('pg: 1 of 2\u001b[2J\u202e');
    line.show('pg: 2 of 2');
  }
  return text;
}

describe('the line of progress', () => {
  it('is written over on a terminal and gone at the end, whatever the names in it hold', () => {
    assert.equal(shown(true), '\r\u001b[Kpg: 1 of 2 [2J \r\u001b[Kpg: 2 of 2\r\u001b[K');
  });

  it('is nothing anywhere else', () => assert.equal(shown(false), ''));
});
