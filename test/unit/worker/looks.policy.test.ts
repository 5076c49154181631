import { describe, expect, it } from '@jest/globals';
import {
  isDoubtful,
  limitsKnown,
  nextLook,
  NO_FACTS,
  type Facts,
  type Look,
  type Situation,
} from '../../../packages/worker/src/looks.policy.js';

const situation = (parts: Partial<Situation> = {}): Situation => ({
  beat: 1,
  asked: { stamp: 0, waiting: 0, limits: 0 },
  refused: new Set(),
  facts: NO_FACTS,
  quiet: true,
  limited: false,
  tidyEvery: 60,
  ...parts,
});

/** What so many beats ask, one after the other, each of which is answered. */
function asks(beats: number, parts: Partial<Situation> = {}): (Look | null)[] {
  let { asked } = situation(parts);
  const from = parts.beat ?? 1;
  return Array.from({ length: beats }, (_, index) => {
    const look = nextLook(situation({ ...parts, beat: from + index, asked }));
    if (look !== null) asked = { ...asked, [look]: from + index };
    return look;
  });
}

const count = (looks: readonly (Look | null)[], look: Look | null) =>
  looks.filter((each) => each === look).length;
const facts = (parts: Partial<Facts>): Facts => ({ ...NO_FACTS, ...parts });
const TIDY = { tidy: 1, ahead: 1 };

describe('what a heartbeat asks', () => {
  it('is first that the list of workers does not outlive them', () => {
    expect(asks(1)).toEqual(['tidy']);
    expect(asks(1, { beat: 60, asked: { ...TIDY, stamp: 59 }, quiet: false })).toEqual([null]);
    expect(asks(1, { beat: 61, asked: { ...TIDY, stamp: 60 }, quiet: false })).toEqual(['tidy']);
  });

  it('is whether jobs wait, every other time, of a worker that has nothing to do', () => {
    const looks = asks(400, { beat: 2, asked: { stamp: 0, waiting: 0, limits: 0, ...TIDY } });
    for (let at = 0; at < looks.length - 3; at++) expect(looks.slice(at, at + 4)).toContain('waiting');
    expect(count(looks, 'waiting')).toBeGreaterThan(160);
    expect(count(looks, 'due')).toBeGreaterThan(130);
    expect(count(looks, 'stamp')).toBeGreaterThan(30);
    expect(count(looks, 'tidy')).toBeGreaterThan(4);
    expect(count(looks, 'ahead')).toBeGreaterThan(4);
    // While nothing waits, nothing need explain it.
    expect(count(looks, 'limits') + count(looks, 'rate') + count(looks, 'active')).toBe(0);
  });

  it('is next to nothing while the worker works or takes no jobs', () => {
    const looks = asks(160, { beat: 2, quiet: false, asked: { stamp: 0, ...TIDY } });
    expect(new Set(looks)).toEqual(new Set(['stamp', 'tidy', 'ahead', null]));
    expect(count(looks, 'stamp')).toBe(20);
    expect(count(looks, null)).toBeGreaterThan(130);
  });

  it.each([
    ['in line', { waiting: true }],
    ['delayed and due', { due: true }],
  ])('is what holds back the jobs that wait %s', (_, waits) => {
    const asked = { stamp: 1, waiting: 1, due: 1, ...TIDY };
    expect(asks(1, { beat: 2, asked, facts: facts(waits) })).toEqual(['limits']);
    const looks = asks(100, { beat: 2, asked, facts: facts(waits) });
    expect(count(looks, 'limits')).toBeGreaterThanOrEqual(25);
    expect(count(looks, 'waiting')).toBeGreaterThanOrEqual(30);
    expect(count(looks, 'rate') + count(looks, 'active')).toBe(0);
  });

  it('is nothing of delayed jobs while others wait in line', () => {
    expect(count(asks(50, { facts: facts({ waiting: true }) }), 'due')).toBe(0);
  });

  it('is of limits only what the queue or the worker has', () => {
    const limited = facts({ waiting: true, concurrency: 3, rate: { max: 5, used: 0, leftMs: -1 } });
    const all = asks(60, { facts: limited });
    for (const look of ['limits', 'rate', 'active', 'waiting'] as const)
      expect(count(all, look)).toBeGreaterThan(8);
    const own = asks(60, { facts: facts({ waiting: true }), limited: true });
    expect(count(own, 'rate')).toBeGreaterThan(8);
    expect(count(own, 'active')).toBe(0);
  });

  it('is nothing that was refused', () => {
    expect(asks(20, { refused: new Set<Look>(['waiting', 'tidy']) })).not.toContain('waiting');
  });

  it('takes the place of the time twice in a row at most', () => {
    const limited = facts({ waiting: true, concurrency: 3, rate: { max: 5, used: 0, leftMs: -1 } });
    const looks = asks(200, { beat: 2, facts: limited, asked: { stamp: 0, waiting: 1, limits: 1, ...TIDY } });
    const twofold = looks.map((look) => look === 'rate' || look === 'tidy');
    for (let at = 2; at < looks.length; at++)
      expect(twofold.slice(at - 2, at + 1)).not.toEqual([true, true, true]);
  });
});

describe('limits', () => {
  const waits = { facts: facts({ waiting: true }) };

  it('are known for a while after they were looked at', () => {
    expect(limitsKnown(situation({ beat: 10 }))).toBe(true);
    expect(limitsKnown(situation({ beat: 11 }))).toBe(false);
    expect(limitsKnown(situation({ asked: {} }))).toBe(false);
  });

  it('are known once each was looked at that there is', () => {
    const both = facts({ waiting: true, concurrency: 3, rate: { max: 5, used: 0, leftMs: -1 } });
    expect(limitsKnown(situation({ facts: both }))).toBe(false);
    expect(limitsKnown(situation({ facts: both, asked: { limits: 0, rate: 1 } }))).toBe(false);
    expect(limitsKnown(situation({ facts: both, asked: { limits: 0, rate: 1, active: 1 } }))).toBe(true);
    expect(limitsKnown(situation({ limited: true }))).toBe(false);
  });

  it('are worth a beat at once when jobs wait and none is known', () => {
    expect(isDoubtful(situation({ ...waits, asked: {} }))).toBe(true);
    expect(isDoubtful(situation({ facts: facts({ due: true }), asked: {} }))).toBe(true);
    expect(isDoubtful(situation(waits))).toBe(false);
    expect(isDoubtful(situation({ asked: {} }))).toBe(false);
    expect(isDoubtful(situation({ ...waits, asked: {}, quiet: false }))).toBe(false);
  });

  it('that may not be looked at are not asked after again and again', () => {
    expect(isDoubtful(situation({ ...waits, asked: {}, refused: new Set<Look>(['limits']) }))).toBe(false);
  });
});
