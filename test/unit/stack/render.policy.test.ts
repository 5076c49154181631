import { describe, expect, it } from '@jest/globals';
import type { CheckRow, ProcessRow, StackState } from '../../../src/stack/stack-state.js';
import { COLOURS, NO_COLOURS } from '../../../src/stack/status/paint.js';
import { changes, keyOf, render, type Frame } from '../../../src/stack/status/render.policy.js';

const redis: ProcessRow = {
  name: 'redis',
  state: 'ready',
  pid: 41,
  address: '127.0.0.1:6379',
  restarts: 0,
  detail: '',
};
const queue: CheckRow = {
  process: 'api',
  key: 'queue',
  status: 'pass',
  code: 'redis.healthy',
  message: 'Redis connection healthy',
  because: null,
};
const failed: CheckRow = { ...queue, status: 'fail', code: 'redis.unreachable', message: 'refused' };
const state = (change: Partial<StackState> = {}): StackState => ({
  pid: 1,
  phase: 'up',
  ready: true,
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  urls: {},
  processes: [redis],
  checks: [queue],
  ...change,
});
const frame = (change: Partial<Frame> = {}): Frame => ({
  columns: 200,
  rows: 100,
  paint: NO_COLOURS,
  changed: new Set(),
  ...change,
});

describe('the live status', () => {
  it('has one line per process and check', () => {
    expect(render(state(), frame())).toEqual([
      'ready: the queue takes work and keeps it',
      '  ● redis  ready       127.0.0.1:6379  pid 41',
      'checks of api',
      '  ✓ queue  Redis connection healthy',
    ]);
  });

  it('gives the code and the cause of what fails', () => {
    const worker = { ...failed, key: 'worker', code: 'worker.silent', because: 'queue' };
    const lines = render(state({ ready: false, checks: [failed, worker] }), frame());
    expect(lines[0]).toBe('not ready');
    expect(lines.slice(3)).toEqual([
      '  ✗ queue   redis.unreachable: refused',
      '  ✗ worker  worker.silent: refused (because of queue)',
    ]);
  });

  it('counts restarts, and says when what died comes back', () => {
    const down: ProcessRow = {
      ...redis,
      state: 'restarting',
      pid: null,
      restarts: 1,
      detail: 'comes back in 7 s',
    };
    expect(render(state({ processes: [down] }), frame())[1]).toBe(
      '  ✗ redis  restarting  127.0.0.1:6379  1 restart  comes back in 7 s',
    );
  });

  it('marks what has changed', () => {
    const changed = new Set([keyOf.check(queue)]);
    const [, process, , check] = render(state(), frame({ paint: COLOURS, changed }));
    expect(check).toContain('\u001b[7mqueue');
    expect(process).not.toContain('\u001b[7m');
  });

  it.each([20, 40, 79])('keeps every line within a terminal of %i columns', (columns) => {
    const long = { ...failed, message: 'a reason that goes on and on '.repeat(10) };
    for (const line of render(state({ checks: [long] }), frame({ columns }))) {
      expect(line.length).toBeLessThan(columns);
    }
  });

  it('never draws more lines than the terminal has', () => {
    const checks = Array.from({ length: 30 }, (_, index) => ({ ...queue, key: `check-${index}` }));
    const lines = render(state({ checks }), frame({ rows: 12 }));
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toMatch(/\d+ more lines/);
  });

  it('lets no message move the cursor', () => {
    const evil = { ...failed, message: 'one\n\u001b[2Jtwo' };
    expect(render(state({ checks: [evil] }), frame()).at(-1)).toBe(
      '  ✗ queue  redis.unreachable: one\\n\\u001b[2Jtwo',
    );
  });
});

describe('the changes between two looks', () => {
  it('are none when only messages and seconds differ', () => {
    const later = state({ checks: [{ ...queue, message: 'Redis connection healthy, 3 ms' }] });
    expect(changes(state(), later)).toEqual([]);
  });

  it('name a check that turned, with its code', () => {
    expect(changes(state(), state({ checks: [failed] }))).toEqual([
      { key: 'check api queue', text: 'api queue: fail redis.unreachable: refused' },
    ]);
  });

  it('name a process that died, and one that came back with another pid', () => {
    const down: ProcessRow = { ...redis, state: 'restarting', pid: null, detail: 'comes back in 7 s' };
    const counted: ProcessRow = { ...down, detail: 'comes back in 6 s' };
    const back: ProcessRow = { ...redis, pid: 42, restarts: 1 };
    const text = (before: ProcessRow, after: ProcessRow): string[] =>
      changes(state({ processes: [before] }), state({ processes: [after] })).map((each) => each.text);
    expect(text(redis, down)).toEqual(['redis is restarting (comes back in 7 s)']);
    expect(text(down, counted)).toEqual([]);
    expect(text(down, back)).toEqual(['redis is ready (pid 42)']);
  });
});
