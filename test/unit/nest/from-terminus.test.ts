import { describe, expect, it } from '@jest/globals';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Board, fromTerminus } from '../../../src/index.js';
import { DatabaseHealthIndicator, QueueHealthIndicator } from '../../../src/nest/indicators.js';

describe('fromTerminus', () => {
  it('makes a check of an indicator, which is a declared dependency unless it says otherwise', async () => {
    const { run, ...check } = fromTerminus('disk', () => Promise.resolve({ disk: { status: 'up' } }));
    expect(check).toEqual({ key: 'disk', cadenceMs: 10_000, deadlineMs: 5000, counts: 'declared' });
    expect(await run({ signal: AbortSignal.timeout(1000) })).toEqual({ disk: { status: 'up' } });
    const more = {
      cadenceMs: 500,
      deadlineMs: 100,
      counts: 'informative',
      recoverAfter: 2,
      dependsOn: ['queue'],
    } as const;
    expect(fromTerminus('disk', () => ({}), more)).toMatchObject(more);
  });

  it('rejects where the indicator throws at once, as where it rejects', async () => {
    const { run } = fromTerminus('disk', () => {
      throw new Error('gone');
    });
    await expect(run({ signal: AbortSignal.timeout(1000) })).rejects.toThrow('gone');
  });

  it.each([
    ['checks', () => fromTerminus('a b', () => ({}))],
    ['checks.disk', () => fromTerminus('disk', { isHealthy: true } as never)],
    ['checks.disk.cadenceMs', () => fromTerminus('disk', () => ({}), { cadenceMs: 1 })],
    ['checks.disk.deadlineMs', () => fromTerminus('disk', () => ({}), { deadlineMs: NaN })],
  ])('names what is wrong: %s', (option, making) => {
    expect(making).toThrow(new RegExp(`^ProbityModule: ${option} must`));
  });
});

describe('an indicator that answers from the board', () => {
  const ask = async (
    code: 'check.up' | 'check.degraded' | 'check.down',
    service = new HealthIndicatorService(),
  ) => {
    const board = new Board();
    board.addPushed('queue', 'readiness', { code, message: 'of host-1', details: { host: 'host-1' } });
    return (await new QueueHealthIndicator(board, service).isHealthy('mine'))['mine'];
  };

  it('says what the check says, by its public text', async () => {
    expect(await ask('check.up')).toMatchObject({ status: 'up', check: 'pass', code: 'check.up' });
    expect(await ask('check.degraded')).toMatchObject({ status: 'degraded', check: 'warn' });
    expect(await ask('check.down')).toMatchObject({
      status: 'down',
      check: 'fail',
      runbook: expect.any(String),
    });
    expect(JSON.stringify(await ask('check.down'))).not.toContain('host-1');
  });

  it('is up with a warning where Terminus knows no other word', async () => {
    const eleven = {
      check: (key: string) => ({
        up: (data: object) => ({ [key]: { status: 'up', ...data } }),
        down: (data: object) => ({ [key]: { status: 'down', ...data } }),
      }),
    } as unknown as HealthIndicatorService;
    expect(await ask('check.degraded', eleven)).toMatchObject({ status: 'up', check: 'warn' });
  });

  it('is down while nothing was answered, and where there is no such check', async () => {
    const board = new Board();
    const service = new HealthIndicatorService();
    const none = await new DatabaseHealthIndicator(board, service).isHealthy('db');
    expect(none['db']).toMatchObject({ status: 'down', code: 'check.pending' });
  });
});
