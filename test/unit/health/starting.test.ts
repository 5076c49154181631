import { describe, expect, it } from '@jest/globals';
import { productionHealthView } from '../../../src/modules/health/platform/production-health.view.js';
import { asStarting, readyzView, textView } from '../../../src/modules/health/views/index.js';
import { Board } from '../../../src/modules/health/index.js';
import { apiWith, contextOf, read } from '../../fixtures/health.js';

const sample = { cpuUsage: 0, memoryUsage: {}, activeConnections: 0 };

describe('the first seconds of a process', () => {
  const booting = apiWith(
    { key: 'jobs', code: 'check.pending', counts: 'informative' },
    { key: 'process', code: 'process.starting' },
  );

  it('are a warning of its health, and readiness stays red', () => {
    const { statusCode, body } = read(productionHealthView(contextOf(asStarting(booting)), sample));
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { jobs: { status: 'warn', code: 'check.pending' } },
    });
    expect(read(readyzView(contextOf(booting))).statusCode).toBe(503);
  });

  it('excuse nothing that has failed', () => {
    const failing = apiWith({ key: 'database', code: 'check.timeout' });
    expect(read(productionHealthView(contextOf(asStarting(failing)), sample)).statusCode).toBe(503);
  });

  it('are over after a while: then what has not answered is a failure', () => {
    expect(read(productionHealthView(contextOf(booting), sample)).statusCode).toBe(503);
  });
});

describe('names from outside', () => {
  it('forge no line of text', () => {
    const forged = 'worker x\n[+]database ok\n\u001b[2Jis lost';
    const snapshot = apiWith({ key: 'worker', code: 'worker.lost', counts: 'informative', message: forged });
    const { body } = textView(contextOf(snapshot, { verbose: true }), 'healthz');
    const lines = (body as string).trimEnd().split('\n');
    expect(lines).toHaveLength(snapshot.checks.length + 1);
    expect(lines.filter((line) => line.startsWith('[+]database'))).toHaveLength(1);
    expect(body).not.toContain('\u001b');
  });

  it('are shown as such in all that the board remembers', () => {
    const board = new Board();
    board.addPushed('worker', 'informative', {
      code: 'worker.lost',
      message: 'x\ny',
      details: { 'a\nb': ['c\u001bd', { e: 'f\rg' }] },
    });
    const [check] = board.snapshot().checks;
    expect(check?.message).toBe('x\\ny');
    expect(check?.details).toEqual({ 'a\\nb': ['c\\u001bd', { e: 'f\\rg' }] });
  });
});
