import { describe, expect, it } from '@jest/globals';
import { assessConsumption, isWedged } from '../../../src/modules/heartbeat/own/consumption.policy.js';
import type { WorkerInsight } from '@probity/worker';

const WEDGED_AFTER_MS = 30_000;
const insight = (parts: Partial<WorkerInsight> = {}): WorkerInsight => ({
  workerId: 'worker-1',
  queue: 'execution',
  state: 'running',
  running: true,
  everRan: true,
  connected: true,
  redisBackForMs: null,
  idleWhileWaitingMs: null,
  limit: null,
  active: 0,
  ...parts,
});
const codeOf = (parts: Partial<WorkerInsight>) => assessConsumption(insight(parts), WEDGED_AFTER_MS);
const wedged = (parts: Partial<WorkerInsight>) => isWedged(insight(parts), WEDGED_AFTER_MS);
const idle = { idleWhileWaitingMs: WEDGED_AFTER_MS };

describe('what a worker says of its own consumption', () => {
  it.each<[string, string, Partial<WorkerInsight>]>([
    ['running', 'it takes jobs', {}],
    ['running', 'its jobs have waited for less than is allowed', { idleWhileWaitingMs: 29_999 }],
    ['not_running', 'nobody has called run()', { running: false, everRan: false }],
    ['not_running', 'run() has returned', { running: false }],
    ['not_running', 'it is stopping', { state: 'stopping' }],
    ['not_running', 'it has stopped', { state: 'stopped' }],
    ['not_running', 'it stops, whatever else', { state: 'stopping', connected: false, ...idle }],
    ['not_running', 'it has stopped, whatever else', { state: 'stopped', connected: false, ...idle }],
    ['disconnected', 'its heartbeats do not reach Redis', { connected: false }],
    ['disconnected', 'they do not, paused or not', { connected: false, state: 'paused' }],
    ['disconnected', 'they do not, and nothing is picked up', { connected: false, ...idle }],
    ['paused', 'it is paused', { state: 'paused' }],
    ['paused', 'it is paused while jobs wait', { state: 'paused', ...idle }],
    ['wedged', 'jobs wait and it takes none', idle],
    ['wedged', 'jobs wait, it takes none, and its loop has ended', { running: false, ...idle }],
  ])('is consumption.%s when %s', (code, _, parts) => {
    expect(codeOf(parts)).toBe(`consumption.${code}`);
  });
});

describe('a worker whose restart would help', () => {
  it('is one that has picked up nothing for as long as is allowed while jobs wait', () => {
    expect(wedged(idle)).toBe(true);
    expect(wedged({ idleWhileWaitingMs: WEDGED_AFTER_MS - 1 })).toBe(false);
    expect(isWedged(insight({ idleWhileWaitingMs: 1 }), 1)).toBe(true);
  });

  it.each<[string, Partial<WorkerInsight>]>([
    ['nothing waits that it could take', { idleWhileWaitingMs: null }],
    ['it is paused', { state: 'paused' }],
    ['it is stopping', { state: 'stopping' }],
    ['it was never told to run', { everRan: false }],
    ['it cannot reach Redis', { connected: false }],
    ['a limit is reached', { limit: { kind: 'rate', leftMs: 1 } }],
  ])('is none when %s', (_, parts) => {
    expect(wedged({ ...idle, ...parts })).toBe(false);
  });

  it('is none within a minute of the return of Redis', () => {
    const back = (redisBackForMs: number) => ({ idleWhileWaitingMs: 3_600_000, redisBackForMs });
    expect([0, 59_999, 60_000].map((ms) => wedged(back(ms)))).toEqual([false, false, true]);
    expect(codeOf(back(59_999))).toBe('consumption.running');
    expect(codeOf(back(60_000))).toBe('consumption.wedged');
  });
});
