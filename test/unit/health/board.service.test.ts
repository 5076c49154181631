import { afterEach, describe, expect, it, jest } from '@jest/globals';
import '../../fixtures/all-codes.js';
import { HealthIndicatorService, MemoryHealthIndicator, type HealthIndicatorResult } from '@nestjs/terminus';
import {
  answer,
  Board,
  type Check,
  type CheckContext,
  type CheckRecord,
  type Transition,
} from '../../../src/modules/health/index.js';
import { crowd, eventually } from '../../fixtures/eventually.js';

const boards: Board[] = [];
const indicators = new HealthIndicatorService();
const forever = () => new Promise<never>(() => undefined);

function check(key: string, run: Check['run'], parts: Partial<Check> = {}): Check {
  return { key, cadenceMs: 20, deadlineMs: 50, counts: 'readiness', run, ...parts };
}

const up = (key: string) => () => Promise.resolve(answer(indicators.check(key), 'check.up'));

function board(...checks: Check[]): Board {
  const made = new Board((text) => text.replaceAll('hunter2', '[redacted]'));
  for (const each of checks) made.add(each);
  boards.push(made);
  made.start();
  return made;
}

const find = (on: Board, key: string): CheckRecord => {
  const found = on.snapshot().checks.find((each) => each.key === key);
  if (found === undefined) throw new Error(`no check ${key}`);
  return found;
};

const codeOf = (on: Board, key: string, code: string) =>
  eventually(() => find(on, key).code === code && find(on, key), { what: `${key} to be ${code}` });

afterEach(async () => {
  await Promise.all(boards.splice(0).map((each) => each.stop()));
});

describe('the board', () => {
  it('asks each check again at its cadence', async () => {
    let runs = 0;
    board(check('a', () => (runs++, up('a')())));
    await eventually(() => runs >= 3);
  });

  it('never runs a check beside itself, however slow it is and however often it is poked', async () => {
    let [running, most, runs] = [0, 0, 0];
    const slow = check('slow', async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running--;
      runs++;
      return answer(indicators.check('slow'), 'check.up');
    });
    const made = board(slow);
    for (let poke = 0; poke < 20; poke++) {
      made.poke('slow');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await eventually(() => runs >= 3);
    expect(most).toBe(1);
  });

  it('starts the checks one after the other, and lets a slow one delay no other', async () => {
    const starts: string[] = [];
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const made = board(
      ...['a', 'b', 'c'].map((key) =>
        check(key, () => (starts.push(key), key === 'a' ? forever() : up(key)()), { cadenceMs: 10_000 }),
      ),
    );
    const [a = 0, b = 0, c = 0] = timers.mock.calls.map(([, ms]) => ms);
    timers.mockRestore();
    await codeOf(made, 'c', 'check.up');
    expect([b - a > 5, c - b > 5]).toEqual([true, true]);
    expect(starts.slice(0, 3)).toEqual(['a', 'b', 'c']);
    expect(find(made, 'a').code).toMatch(/check\.(pending|timeout)/);
  });

  it('refuses two checks of one key, pushed ones too', () => {
    const made = board(check('a', up('a')));
    expect(() => made.add(check('a', up('a')))).toThrow('two checks named a');
    expect(() => made.addPushed('a', 'readiness', { code: 'check.up', message: '', details: {} })).toThrow();
  });

  it('runs a check at once when an event pokes it, and once more when it was poked in mid-run', async () => {
    let runs = 0;
    let release: (() => void) | undefined;
    const made = board(
      check(
        'a',
        async () => {
          runs++;
          await new Promise<void>((resolve) => (release = resolve));
          return answer(indicators.check('a'), 'check.up');
        },
        { cadenceMs: 60_000, deadlineMs: 2500 },
      ),
    );
    await eventually(() => runs === 1);
    made.poke('a');
    made.poke('a');
    expect(runs).toBe(1);
    release?.();
    await eventually(() => runs === 2);
    release?.();
    await codeOf(made, 'a', 'check.up');
    made.poke('a');
    await eventually(() => runs === 3);
    release?.();
  });

  it('shows a pushed answer at once', () => {
    const made = board();
    made.addPushed('child', 'readiness', { code: 'check.down', message: 'gone', details: {} });
    expect(find(made, 'child')).toMatchObject({ status: 'fail', message: 'gone' });
    made.push('child', { code: 'check.up', message: 'back', details: {} });
    expect(find(made, 'child').status).toBe('pass');
  });

  it('publishes each transition once, and every change of the snapshot', async () => {
    let code: 'check.up' | 'check.down' = 'check.up';
    const made = new Board();
    const transitions: Transition[] = [];
    let version = -1;
    made.onTransition((each) => transitions.push(each));
    made.onChange((snapshot) => {
      expect(snapshot.version).toBeGreaterThan(version);
      version = snapshot.version;
    });
    made.add(check('a', () => Promise.resolve(answer(indicators.check('a'), code))));
    boards.push(made);
    made.start();
    await codeOf(made, 'a', 'check.up');
    code = 'check.down';
    await codeOf(made, 'a', 'check.down');
    const seen = version;
    await eventually(() => version > seen + 2);
    expect(transitions.map(({ from, to }) => `${from}>${to}`)).toEqual(['fail>pass', 'pass>fail']);
  });

  it('runs nothing more once it was stopped, and keeps what it knew', async () => {
    let runs = 0;
    const made = board(check('a', () => (runs++, up('a')())));
    await codeOf(made, 'a', 'check.up');
    await made.stop();
    const before = runs;
    made.poke('a');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(runs).toBe(before);
    expect(find(made, 'a').status).toBe('pass');
  });

  it('stops though a check never ends', async () => {
    const made = board(check('stuck', forever, { deadlineMs: 10 }));
    await codeOf(made, 'stuck', 'check.timeout');
    await made.stop();
  });

  it('redacts messages and details, however deep', async () => {
    const made = board(
      check('a', () =>
        Promise.resolve(
          answer(indicators.check('a'), 'check.down', {
            message: 'hunter2',
            details: { list: [{ url: 'x:hunter2' }] },
          }),
        ),
      ),
      check('b', () => Promise.reject(new Error('driver says hunter2'))),
    );
    await codeOf(made, 'a', 'check.down');
    await codeOf(made, 'b', 'check.threw');
    expect(JSON.stringify(made.snapshot())).not.toContain('hunter2');
  });
});

describe('the board fails closed', () => {
  it('before the first answer', () => {
    const made = new Board();
    made.add(check('a', up('a')));
    expect(find(made, 'a')).toMatchObject({ status: 'fail', code: 'check.pending' });
  });

  it('when a check overruns its deadline, with the code that the check gave for it', async () => {
    const made = board(check('a', forever), check('b', forever, { timeoutCode: 'llm.slow' }));
    await codeOf(made, 'a', 'check.timeout');
    expect((await codeOf(made, 'b', 'llm.slow')).status).toBe('warn');
  });

  it('when a check throws, and hides no other check by it', async () => {
    const made = board(
      check('sync', () => {
        throw new Error('boom');
      }),
      check('async', () => Promise.reject(new Error('bang'))),
      check('fine', up('fine')),
    );
    expect(await codeOf(made, 'sync', 'check.threw')).toMatchObject({ message: 'boom' });
    expect(await codeOf(made, 'async', 'check.threw')).toMatchObject({ message: 'bang' });
    await codeOf(made, 'fine', 'check.up');
  });

  it.each([
    ['an unknown status', { a: { status: 'sideways' } }],
    ['no status', { a: {} }],
    ['a code of another status', { a: { status: 'up', code: 'check.down' } }],
    ['nothing', undefined],
    ['an empty result', {}],
    ['a text', 'ok'],
  ])('when a check answers with %s', async (_what, result) => {
    const made = board(check('a', () => Promise.resolve(result as unknown as HealthIndicatorResult)));
    expect((await codeOf(made, 'a', 'check.unknown_status')).status).toBe('fail');
  });
});

describe('an indicator of Terminus or of a third party, on the board unchanged', () => {
  const terminus = new HealthIndicatorService();

  it('of its newest style', async () => {
    const made = board(
      check('attempt', () => terminus.check('attempt').attempt(() => Promise.resolve({ rows: 1 }))),
      check('broken', () => terminus.check('broken').attempt(() => Promise.reject(new Error('no route')))),
      check('degraded', () => Promise.resolve(terminus.check('degraded').degraded({ lag: 7 }))),
    );
    await codeOf(made, 'attempt', 'check.up');
    await codeOf(made, 'broken', 'check.down');
    expect(await codeOf(made, 'degraded', 'check.degraded')).toMatchObject({
      status: 'warn',
      details: { lag: 7 },
    });
  });

  it('that has codes of its own, which are details of its answer', async () => {
    const made = board(
      check('well', () => Promise.resolve(terminus.check('well').up({ code: 200, rows: 1 }))),
      check('ill', () =>
        Promise.resolve(terminus.check('ill').down({ code: 'E_LEDGER', message: 'behind' })),
      ),
    );
    expect(await codeOf(made, 'well', 'check.up')).toMatchObject({ details: { code: 200, rows: 1 } });
    expect(await codeOf(made, 'ill', 'check.down')).toMatchObject({
      message: 'behind',
      details: { code: 'E_LEDGER' },
    });
  });

  it('that has a report of its own, which is a detail as well: views would take it for one of ours', async () => {
    const strange = { code: 'check.up', message: 'fine', report: { durable: 'yes' } };
    const made = board(check('queue', () => Promise.resolve(terminus.check('queue').up(strange))));
    const found = await codeOf(made, 'queue', 'check.up');
    expect(found.report).toBeUndefined();
    expect(found.details).toEqual({ report: { durable: 'yes' } });
    const own = { durable: true, latencyMs: 1 };
    const ours = board(
      check('queue', () => Promise.resolve(answer(terminus.check('queue'), 'check.up', { report: own }))),
    );
    expect((await codeOf(ours, 'queue', 'check.up')).report).toEqual(own);
  });

  it("such as Terminus's own memory indicator", async () => {
    const memory = new MemoryHealthIndicator(terminus);
    const made = board(
      check('heap', () => memory.checkHeap('heap', 1e12)),
      check('tight', () => memory.checkHeap('tight', 1)),
    );
    await codeOf(made, 'heap', 'check.up');
    await codeOf(made, 'tight', 'check.down');
  });

  it('of the old style, which throws its result', async () => {
    const made = board(
      check('old', () =>
        Promise.reject(
          Object.assign(new Error('old failed'), { causes: { old: { status: 'down', message: 'because' } } }),
        ),
      ),
    );
    expect(await codeOf(made, 'old', 'check.down')).toMatchObject({ message: 'because' });
  });

  it('that never settles stays timed out and is not run again beside itself', async () => {
    let runs = 0;
    const made = board(check('stuck', () => (runs++, forever()), { deadlineMs: 10, cadenceMs: 10 }));
    await codeOf(made, 'stuck', 'check.timeout');
    made.poke('stuck');
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(runs).toBe(1);
    expect(find(made, 'stuck')).toMatchObject({ code: 'check.timeout', validUntil: Infinity });
  });

  it('that takes long is as fresh when it answers as one that answers at once', async () => {
    const slow = async () => {
      const startedAt = performance.now();
      await eventually(() => performance.now() - startedAt > 100);
      return await up('slow')();
    };
    const made = board(check('slow', slow, { deadlineMs: 10_000, cadenceMs: 10 }));
    const { validUntil, answeredAt } = await codeOf(made, 'slow', 'check.up');
    expect(validUntil - answeredAt).toBeGreaterThan(10_019);
  });

  it('that settles late at last is asked again', async () => {
    let runs = 0;
    let release: (() => void) | undefined;
    const run = () => {
      runs++;
      if (runs > 1) return up('late')();
      return new Promise<HealthIndicatorResult>(
        (resolve) => (release = () => resolve(answer(indicators.check('late'), 'check.up'))),
      );
    };
    const made = board(check('late', run, { deadlineMs: 10, cadenceMs: 10 }));
    await codeOf(made, 'late', 'check.timeout');
    release?.();
    await codeOf(made, 'late', 'check.up');
    expect(runs).toBeGreaterThan(1);
  });
});

describe('what nobody can look at', () => {
  it('is a failure of that check alone, in the answer and in its details', async () => {
    const circle: Record<string, unknown> = { password: 'hunter2' };
    circle['self'] = circle;
    const made = board(
      check('circle', () => Promise.resolve({ circle: { status: 'up', ...circle } } as never)),
      check('status', () => Promise.resolve({ status: { status: 10n } } as never)),
      check('well', up('well')),
    );
    const told = await codeOf(made, 'circle', 'check.up');
    expect(JSON.stringify(told.details)).toContain('[cut off: too deep]');
    expect(JSON.stringify(told.details)).not.toContain('hunter2');
    expect((await codeOf(made, 'status', 'check.threw')).status).toBe('fail');
    await codeOf(made, 'well', 'check.up');
  });

  it('goes to the thread of the probes neither as a detail nor as a report', async () => {
    const call = () => 'not data';
    const made = board(
      check('call', () => Promise.resolve({ call: { status: 'up', call, report: call } } as never)),
    );
    await codeOf(made, 'call', 'check.up');
    expect(structuredClone(made.snapshot())).toEqual(made.snapshot());
    expect(find(made, 'call').details).toEqual({
      call: expect.stringContaining('not data'),
      report: expect.stringContaining('not data'),
    });
  });

  it('is no reason to stop asking: neither is a listener that throws', async () => {
    let runs = 0;
    const made = board(
      check('asked', () => {
        runs += 1;
        return up('asked')();
      }),
    );
    made.onChange(() => {
      throw new Error('a listener that is broken');
    });
    await eventually(() => runs > 3);
  });
});

describe('a fresh run', () => {
  const countOf = () => {
    const count = { runs: 0 };
    return { count, run: ({ signal }: CheckContext) => (count.runs++, void signal, up('a')()) };
  };

  it('asks now, once for all who ask at the same time', async () => {
    const { count, run } = countOf();
    const made = board(check('a', run, { cadenceMs: 60_000, freshFloorMs: 0 }));
    await codeOf(made, 'a', 'check.up');
    const before = count.runs;
    await Promise.all([made.fresh(), made.fresh(), made.fresh()]);
    expect(count.runs).toBe(before + 1);
  });

  it('takes an answer that is young enough, so that asking cannot hammer a dependency', async () => {
    const { count, run } = countOf();
    const made = board(check('a', run, { cadenceMs: 60_000, freshFloorMs: 10_000 }));
    await codeOf(made, 'a', 'check.up');
    await made.fresh();
    expect(count.runs).toBe(1);
  });

  it('waits for a run that is under way, though it began a moment ago', async () => {
    let release: (() => void) | undefined;
    const made = board(
      check(
        'a',
        () => new Promise((resolve) => (release = () => resolve(answer(indicators.check('a'), 'check.up')))),
        {
          cadenceMs: 60_000,
          deadlineMs: 2500,
          freshFloorMs: 10_000,
        },
      ),
    );
    await eventually(() => release !== undefined);
    const fresh = made.fresh();
    setTimeout(() => release?.(), 30);
    expect((await fresh).checks[0]?.code).toBe('check.up');
  });

  it('answers within its budget, the unfinished as pending, and the board keeps what it knew', async () => {
    let runs = 0;
    const made = board(
      check('slow', () => (runs++ === 0 ? up('slow')() : forever()), {
        cadenceMs: 60_000,
        deadlineMs: 2500,
        freshFloorMs: 0,
      }),
      check('quick', up('quick'), { freshFloorMs: 0 }),
    );
    await codeOf(made, 'slow', 'check.up');
    const startedAt = performance.now();
    const { checks } = await made.fresh();
    expect(performance.now() - startedAt).toBeLessThan(2000 * crowd());
    expect(Object.fromEntries(checks.map(({ key, code }) => [key, code]))).toEqual({
      slow: 'check.pending',
      quick: 'check.up',
    });
    expect(find(made, 'slow').code).toBe('check.up');
  });

  it('does not wait for a check that is stuck: it is known to be timed out', async () => {
    const made = board(check('stuck', forever, { deadlineMs: 10, freshFloorMs: 0 }));
    await codeOf(made, 'stuck', 'check.timeout');
    const startedAt = performance.now();
    const { checks } = await made.fresh();
    expect(performance.now() - startedAt).toBeLessThan(1000 * crowd());
    expect(checks[0]?.code).toBe('check.timeout');
  });
});
