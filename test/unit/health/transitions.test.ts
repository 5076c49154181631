import { describe, expect, it } from '@jest/globals';
import '../../fixtures/all-codes.js';
import type { Logger } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Board, codeDefinition, type Code } from '../../../src/modules/health/index.js';
import { publishTransitions, type LogForm } from '../../../src/modules/health/transitions.js';

const answer = (code: Code) => ({ code, message: `it is ${code}`, details: {} });

/** A board whose transitions are published, with what was published of them. */
function published(form: LogForm = 'objects') {
  const lines: Record<string, unknown>[] = [];
  const at = (level: string) => (line: object | string) =>
    void lines.push({ level, ...(typeof line === 'string' ? { line } : line) });
  const logger = { log: at('log'), warn: at('warn'), error: at('error') } as unknown as Logger;
  const about = (name: string) => ({ name, help: name, registers: [] });
  const metrics = {
    status: new Gauge({ ...about('status'), labelNames: ['check', 'status'] as const }),
    latency: new Gauge({ ...about('latency'), labelNames: ['check'] as const }),
    transitions: new Counter({ ...about('transitions'), labelNames: ['check', 'to', 'code'] as const }),
  };
  const board = new Board();
  publishTransitions(board, metrics, form, logger);
  return { board, lines, metrics };
}

describe('a transition of the board', () => {
  it('is counted once, by check, status and code', async () => {
    const { board, metrics } = published();
    board.addPushed('child', 'readiness', answer('check.down'));
    board.push('child', answer('check.down'));
    board.push('child', answer('check.up'));
    board.push('child', answer('check.down'));
    const { values } = await metrics.transitions.get();
    expect(values.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
      { check: 'child', to: 'fail', code: 'check.down', value: 2 },
      { check: 'child', to: 'pass', code: 'check.up', value: 1 },
    ]);
  });

  it.each([
    ['child', 'check.down', 'error'],
    ['child', 'check.degraded', 'warn'],
    ['child', 'check.up', 'log'],
    ['process', 'process.draining', 'log'],
  ] as const)('of %s to %s is logged as %s', (check, code, level) => {
    const { board, lines } = published();
    board.addPushed(check, 'readiness', answer(code));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level, check, from: 'fail', to: codeDefinition(code).status, code });
    expect(lines[0]?.['msg']).toBe(
      `${check}: fail -> ${codeDefinition(code).status}, ${code}: it is ${code}`,
    );
  });

  it("is one line where the logger is somebody else's", () => {
    const { board, lines } = published('lines');
    board.addPushed('child', 'readiness', answer('check.down'));
    expect(lines).toEqual([{ level: 'error', line: 'child: fail -> fail, check.down: it is check.down' }]);
  });

  it('says what a restart would do, and of what, unless all is well', () => {
    const { board, lines } = published();
    board.addPushed('child', 'readiness', answer('app_server.worker_wedged'));
    board.push('child', answer('app_server.handshake_complete'));
    expect(lines[0]).toMatchObject({ restart: 'helps', restartTarget: 'child' });
    expect(lines[1]).not.toHaveProperty('restart');
    expect(lines[1]).not.toHaveProperty('restartTarget');
  });

  it('shows in the status of its check, which is one of three', async () => {
    const { board, metrics } = published();
    const statuses = async () =>
      Object.fromEntries(
        (await metrics.status.get()).values.map(({ labels, value }) => [labels.status, value]),
      );
    board.addPushed('child', 'readiness', answer('check.degraded'));
    expect(await statuses()).toEqual({ pass: 0, warn: 1, fail: 0 });
    board.push('child', answer('check.down'));
    expect(await statuses()).toEqual({ pass: 0, warn: 0, fail: 1 });
  });
});
