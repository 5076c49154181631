import { describe, expect, it } from '@jest/globals';
import {
  expire,
  missingFrom,
  record,
  unanswered,
  withCauses,
  type CheckRecord,
} from '../../../src/modules/health/board/board.state.js';
import { believable, validUntil } from '../../../src/modules/health/board/snapshot.js';
import { codeDefinition, type Code } from '../../../src/modules/health/codes/index.js';

const at = (ms: number) => ({ now: 1_000_000 + ms, mono: ms });
const fresh = (key = 'c', dependsOn: string[] = []) =>
  unanswered({ key, counts: 'readiness', dependsOn }, Infinity, at(0));
const run = (code: Code, extra: { recoverAfter?: number; validUntil?: number } = {}) => ({
  answer: { code, message: code, details: {} },
  latencyMs: 1.6,
  validUntil: 10_000,
  recoverAfter: 1,
  ...extra,
});
const after = (codes: readonly Code[], recoverAfter = 1, before = fresh()) =>
  codes.reduce<CheckRecord>(
    (state, code, index) => record(state, run(code, { recoverAfter }), at(index + 1)).record,
    before,
  );

describe('what a board lacks', () => {
  const checks = [
    { key: 'queue', dependsOn: [] },
    { key: 'worker', dependsOn: ['queue'] },
  ];

  it('is nothing when each check that is named is there', () => {
    expect(missingFrom(checks, ['worker', 'queue'])).toBeNull();
    expect(missingFrom([], [])).toBeNull();
  });

  it('is a check that another depends on, and those that there are are named', () => {
    expect(missingFrom([...checks, { key: 'jobs', dependsOn: ['queue', 'wroker'] }], [])).toBe(
      'the check "jobs" depends on "wroker", which this process has not: correct its dependsOn, or import the ' +
        'module that provides "wroker" (there are: jobs, queue, worker)',
    );
  });

  it('is a check that the platform shows', () => {
    expect(missingFrom(checks, ['queue', 'llm'])).toBe(
      '/api/production/* shows the check "llm", which this process has not: import the module that provides it',
    );
  });
});

describe('a record', () => {
  it('fails as pending until its first answer', () => {
    const check = { key: 'c', counts: 'readiness' } as const;
    expect(unanswered(check, 700, at(5))).toEqual({
      ...check,
      status: 'fail',
      code: 'check.pending',
      message: codeDefinition('check.pending').message,
      details: {},
      report: undefined,
      latencyMs: null,
      checkedAt: null,
      since: at(5).now,
      answeredAt: 5,
      validUntil: 700,
      dependsOn: [],
      because: null,
      recovering: 0,
    });
    expect(fresh('c', ['d']).dependsOn).toEqual(['d']);
  });

  it('takes what the answer says, in whole ms', () => {
    const answer = { code: 'check.up', message: 'fine', details: { a: 1 }, report: { b: 2 } } as const;
    const { record: taken } = record(fresh(), { ...run('check.up'), answer, latencyMs: 2.4 }, at(7));
    expect(taken).toEqual({
      ...fresh(),
      ...answer,
      status: 'pass',
      latencyMs: 2,
      checkedAt: at(7).now,
      since: at(7).now,
      answeredAt: 7,
      validUntil: 10_000,
    });
  });

  it('is what it is since its first answer, though that says what was assumed before', () => {
    expect(after(['check.down']).since).toBe(at(1).now);
  });

  it('believes the first answer at once, whatever it is and however long recovery takes', () => {
    expect(after(['check.up'], 3)).toMatchObject({ status: 'pass', latencyMs: 2 });
  });

  it('fails at the first failure', () => {
    expect(after(['check.up', 'check.up', 'check.down'], 3)).toMatchObject({
      status: 'fail',
      code: 'check.down',
    });
  });

  it('recovers only after so many consecutive answers that are no failure', () => {
    const down: Code[] = ['check.up', 'check.down'];
    expect(after([...down, 'check.up', 'check.up'], 3).status).toBe('fail');
    expect(after([...down, 'check.up', 'check.up', 'check.down', 'check.up', 'check.up'], 3).status).toBe(
      'fail',
    );
    expect(after([...down, 'check.up', 'check.degraded', 'check.up'], 3).status).toBe('pass');
    expect(after([...down, 'check.up', 'check.up', 'check.up', 'check.down', 'check.up'], 2).status).toBe(
      'fail',
    );
  });

  it('tells of the next failure at once while it recovers', () => {
    const mending = after(['check.up', 'check.down', 'check.up'], 3);
    expect(mending.recovering).toBe(1);
    const again = record(mending, run('check.timeout', { recoverAfter: 3 }), at(50));
    expect(again.record).toMatchObject({ code: 'check.timeout', recovering: 0 });
    expect(again.transition).toMatchObject({ from: 'fail', to: 'fail', code: 'check.timeout' });
  });

  it('waits for no recovery of what did not fail', () => {
    expect(after(['check.degraded', 'check.up'], 3).code).toBe('check.up');
    expect(after(['check.up', 'check.degraded'], 3).code).toBe('check.degraded');
  });

  it('stays fresh while it recovers, so that it does not go stale', () => {
    const failed = after(['check.up', 'check.down'], 2);
    const { record: mending, transition } = record(
      failed,
      run('check.up', { recoverAfter: 2, validUntil: 99 }),
      at(50),
    );
    expect(transition).toBeNull();
    expect(mending).toMatchObject({
      code: 'check.down',
      answeredAt: 50,
      validUntil: 99,
      checkedAt: at(50).now,
    });
  });

  it('keeps since while the status stays, though the code changes', () => {
    const state = after(['check.down', 'check.timeout', 'check.threw']);
    expect(state).toMatchObject({ code: 'check.threw', since: at(1).now });
    expect(after(['check.up', 'check.down', 'check.timeout']).since).toBe(at(2).now);
  });

  it('publishes a change of status or code once, with how long the state before lasted', () => {
    const passed = record(fresh(), run('check.up'), at(10));
    expect(passed.transition).toEqual({
      check: 'c',
      from: 'fail',
      to: 'pass',
      code: 'check.up',
      message: 'check.up',
      at: at(10).now,
      lastedMs: 10,
    });
    expect(record(passed.record, run('check.up'), at(20)).transition).toBeNull();
    const failed = record(passed.record, run('check.down'), at(40));
    expect(failed.transition).toMatchObject({ from: 'pass', to: 'fail', lastedMs: 30, at: at(40).now });
    expect(record(failed.record, run('check.timeout'), at(50)).transition).toMatchObject({
      code: 'check.timeout',
    });
  });

  it('never says that a state lasted a negative time, though the clock was set back', () => {
    const passed = record(fresh(), run('check.up'), at(100)).record;
    const { transition } = record(passed, run('check.down'), { now: 0, mono: 200 });
    expect(transition?.lastedMs).toBe(0);
  });
});

describe('an answer that is too old', () => {
  const old = record(fresh(), run('check.up', { validUntil: 500 }), at(100)).record;

  it('is believed up to its time, and fails right after', () => {
    expect(expire(old, at(500)).code).toBe('check.up');
    expect(expire({ ...old, recovering: 2 }, at(501))).toMatchObject({
      status: 'fail',
      code: 'check.stale',
      details: { lastCode: 'check.up', lastMessage: 'check.up' },
      recovering: 0,
    });
  });

  it('says for how many seconds there was none, and what the last one said', () => {
    expect(expire(old, at(2599)).message).toBe('No answer for 2 s; it last said check.up.');
    expect(expire(old, at(2600)).message).toBe('No answer for 3 s; it last said check.up.');
    expect(expire(old, at(7_200_100)).message).toContain('for 7200 s');
  });

  it('that was noticed to be too old stays as it was noticed', () => {
    const stale = expire(old, at(501));
    expect(expire(stale, at(9000))).toBe(stale);
  });

  it('counts as failed since a whole ms', () => {
    expect(expire(old, { now: 1_000_600, mono: 600.4 }).since).toBe(1_000_500);
    expect(expire(old, { now: 1_000_600, mono: 599.6 }).since).toBe(1_000_500);
  });

  it('counts as failed since it became too old, whenever that is noticed', () => {
    expect(expire(old, at(9000)).since).toBe(at(500).now);
  });

  it('that never came stays pending', () => {
    const never = unanswered({ key: 'c', counts: 'readiness' }, 0, at(0));
    expect(expire(never, at(99)).code).toBe('check.pending');
  });

  it('gives a snapshot a time at which it has to be looked at again', () => {
    const other = record(fresh('d'), run('check.up', { validUntil: 300 }), at(100)).record;
    const snapshot = { version: 1, checks: [old, other, fresh('e')] };
    expect(validUntil(snapshot, at(100))).toBe(300);
    expect(validUntil(snapshot, at(300))).toBe(300);
    expect(validUntil(snapshot, at(400))).toBe(500);
    expect(validUntil(snapshot, at(600))).toBe(Infinity);
    const stale = believable(snapshot, at(400)).checks.filter((check) => check.code === 'check.stale');
    expect(stale.map((check) => check.key)).toEqual(['d']);
  });
});

describe('the root cause', () => {
  const check = (code: Code, key: string, ...dependsOn: string[]) => after([code], 1, fresh(key, dependsOn));
  const down = (key: string, ...dependsOn: string[]) => check('check.down', key, ...dependsOn);
  const up = (key: string, ...dependsOn: string[]) => check('check.up', key, ...dependsOn);
  const degraded = (key: string, ...dependsOn: string[]) => check('check.degraded', key, ...dependsOn);
  const causeOf = (key: string, records: readonly CheckRecord[]) =>
    withCauses(records).find((each) => each.key === key)?.because;

  it.each([
    ['none, when nothing is depended on', [down('a'), down('b')], null],
    ['none, when what is depended on passes', [down('a', 'b'), up('b')], null],
    ['none, when what is depended on only warns', [down('a', 'b'), degraded('b')], null],
    ['none, when nobody knows what is depended on', [down('a', 'unknown')], null],
    ['what is depended on and fails', [down('a', 'b'), down('b')], 'b'],
    ['the one that fails, behind one that passes', [down('a', 'b', 'c'), up('b'), down('c')], 'c'],
    ['the one that is known, behind one that is not', [down('a', 'unknown', 'b'), down('b')], 'b'],
    ['the first that is named, not the first of the board', [down('a', 'c', 'b'), down('b'), down('c')], 'c'],
    ['the end of a chain of failures', [down('a', 'b'), down('b', 'c'), down('c', 'd'), down('d')], 'd'],
    ['the last failure before one that passes', [down('a', 'b'), down('b', 'c'), up('c'), down('d')], 'b'],
    ['not the check itself', [down('a', 'a')], null],
    ['not the check itself, where two fail by each other', [down('a', 'b'), down('b', 'a')], 'b'],
    ['behind the check itself', [down('a', 'a', 'b'), down('b')], 'b'],
    ['found once in a circle', [down('a', 'b'), down('b', 'c'), down('c', 'b')], 'c'],
  ])('of a failure is %s', (_, records, cause) => {
    expect(causeOf('a', records)).toBe(cause);
  });

  it.each([
    ['a failure', down('a', 'b'), 'b'],
    ['a warning', degraded('a', 'b'), 'b'],
    ['no check that passes', up('a', 'b'), null],
  ])('is told of %s', (_, record, cause) => {
    expect(causeOf('a', [record, down('b')])).toBe(cause);
  });

  it('is all that is added to a record', () => {
    const caused = down('a', 'b');
    expect(withCauses([down('b'), caused])[1]).toEqual({ ...caused, because: 'b' });
  });

  it('is forgotten when it is over', () => {
    const [, caused] = withCauses([down('b'), down('a', 'b')]) as [CheckRecord, CheckRecord];
    expect(causeOf('a', [caused, up('b')])).toBeNull();
    expect(causeOf('a', [{ ...up('a', 'b'), because: 'b' }, down('b')])).toBeNull();
  });

  it('leaves the very record as it is where it stays the same', () => {
    const records = [down('b'), { ...down('a', 'b'), because: 'b' }, up('c', 'b')];
    const told = withCauses(records);
    records.forEach((each, index) => expect(told[index]).toBe(each));
  });

  it.each([
    ['the worst first', [up('a'), degraded('b'), down('c')], 'cba'],
    ['what has a cause behind what has none', [down('a', 'b'), down('b')], 'ba'],
    ['a failure with a cause before a warning with none', [degraded('a'), down('b', 'c'), down('c')], 'cba'],
    ['warnings with a cause behind those with none', [degraded('a', 'c'), degraded('b'), down('c')], 'cba'],
    ['causes among themselves as they came', [down('b'), down('a'), down('c')], 'bac'],
    ['what they cause as it came', [down('c', 'x'), down('a', 'x'), down('b', 'x'), down('x')], 'xcab'],
    ['what passes as it came', [up('c'), up('a'), up('b')], 'cab'],
  ])('orders the board: %s', (_, records, order) => {
    const given = records.map((each) => each.key);
    expect(
      withCauses(records)
        .map((each) => each.key)
        .join(''),
    ).toBe(order);
    expect(records.map((each) => each.key)).toEqual(given);
  });
});
