import { describe, expect, it } from '@jest/globals';
import type { QueueEvidence } from '../../../src/modules/heartbeat/assess/evidence.js';
import { workerReport, workerRow, type QueueView } from '../../../src/modules/heartbeat/assess/report.js';
import '../../../src/modules/heartbeat/heartbeat.codes.js';
import { NO_TRACES } from '../../../src/modules/heartbeat/assess/traces.state.js';
import { assessed, evidence, heartbeat, NOON } from './given.js';

const options = { primary: 'execution', timeoutMs: 30_000, inlineWorker: false };
const verdict: QueueView['verdict'] = { code: 'worker.healthy', message: 'as it is', details: {} };
const view = (parts: Partial<QueueView>): QueueView => ({
  evidence: evidence({}),
  workers: [],
  leases: [],
  rows: (parts.workers ?? []).map(workerRow),
  verdict,
  named: true,
  ageMs: 0,
  ...parts,
});
const worker = (parts: Partial<QueueEvidence>, workers: readonly ReturnType<typeof assessed>[] = []) =>
  workerReport([view({ evidence: evidence(parts), workers })], options).worker;
const traces = { ...NO_TRACES, movedAt: NOON - 1500.4 };
const never = { started: false, id: null, latestHeartbeatAt: null, latestHeartbeatAgeMs: null };

describe('the worker of the primary queue', () => {
  it('is the one whose heartbeat is the newest', () => {
    const beats = [500, 400.4].map((ageMs, n) =>
      assessed({ ageMs }, heartbeat(NOON - ageMs, { id: `worker-${n}` })),
    );
    expect(worker({ traces }, beats)).toMatchObject({
      started: true,
      id: 'worker-1',
      latestHeartbeatAgeMs: 400,
    });
  });

  it("has no id where only BullMQ's own traces tell of it, and their time", () => {
    expect(worker({ traces })).toEqual({
      started: true,
      id: null,
      queue: 'execution',
      heartbeatTimeoutMs: 30_000,
      latestHeartbeatAt: new Date(NOON - 1500.4).toISOString(),
      latestHeartbeatAgeMs: 1500,
    });
    expect(worker({ traces: { ...traces, movedAt: NOON + 5 } })).toMatchObject({ latestHeartbeatAgeMs: 0 });
  });

  it('was never started when there is no trace, or no such queue', () => {
    expect(worker({})).toMatchObject(never);
    expect(workerReport([], options).worker).toMatchObject(never);
  });
});

describe('the queues', () => {
  it('are told of one by one, the primary one first, with what is to be said of each', () => {
    const found = view({ evidence: evidence({ queue: 'mail', traces }), named: false, ageMs: 700 });
    const workers = [assessed({ ageMs: 100 })];
    const { queues, workers: rows, worker: first } = workerReport([view({ workers }), found], options);
    expect(queues).toMatchObject([
      { name: 'execution', primary: true, named: true, observed: false, workers: 1 },
      { name: 'mail', primary: false, named: false, observed: true, workers: 0 },
    ]);
    expect(queues[1]?.status).toEqual({ status: 'pass', code: 'worker.healthy', message: 'as it is' });
    expect([rows.length, first.queue]).toEqual([1, 'execution']);
  });

  it('age between their looks', () => {
    const late = view({ workers: [assessed({ ageMs: 100 })], ageMs: 7000 });
    const { workers: rows, worker: first } = workerReport([late], options);
    expect([rows[0]?.latestHeartbeatAgeMs, first.latestHeartbeatAgeMs]).toEqual([7100, 7100]);
    expect(
      workerReport([view({ evidence: evidence({ traces }), ageMs: 7000 })], options).worker,
    ).toMatchObject({
      latestHeartbeatAgeMs: 8500,
    });
  });

  it('have a primary one that was found where none is named', () => {
    const found = view({ evidence: evidence({ queue: 'mail', traces }), named: false });
    expect(workerReport([found], options)).toMatchObject({
      worker: { queue: 'mail', started: true },
      queues: [{ name: 'mail', primary: true, named: false }],
    });
  });
});
