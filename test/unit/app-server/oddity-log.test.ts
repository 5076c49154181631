import { describe, expect, it } from '@jest/globals';
import { OddityLog } from '../../../src/modules/app-server/child/oddity-log.js';

function listening() {
  const lines: { fields: object; text: string }[] = [];
  const nothing = () => undefined;
  const log = new OddityLog({
    info: nothing,
    warn: (fields, text) => void lines.push({ fields, text }),
    error: nothing,
  });
  return { log, lines };
}

describe('what a child sends that cannot be used', () => {
  it('is logged with its kind, its life and what was wrong with it', () => {
    const { log, lines } = listening();
    log.ofLife(7)('malformed', 'no JSON');
    expect(lines).toEqual([
      {
        fields: { event: 'oddity', kind: 'malformed', count: 1, incarnation: 7 },
        text: 'the child sent something that cannot be used (malformed, 1 so far): no JSON',
      },
    ]);
  });

  it('is logged for the 1st, 10th, 100th and 1000th time, for it may be a flood', () => {
    const { log, lines } = listening();
    const tell = log.ofLife(1);
    for (let count = 0; count < 2000; count += 1) tell('oversized', 'too large');
    expect(lines.map(({ fields }) => Reflect.get(fields, 'count'))).toEqual([1, 10, 100, 1000]);
    expect(lines[3]?.text).toContain('(oversized, 1000 so far)');
  });

  it('is counted by its kind, and anew in every life', () => {
    const { log, lines } = listening();
    const [first, second] = [log.ofLife(1), log.ofLife(2)];
    first('malformed', 'a');
    first('oversized', 'b');
    first('malformed', 'not told');
    second('malformed', 'c');
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      { kind: 'malformed', count: 1, incarnation: 1 },
      { kind: 'oversized', count: 1, incarnation: 1 },
      { kind: 'malformed', count: 1, incarnation: 2 },
    ]);
  });
});
