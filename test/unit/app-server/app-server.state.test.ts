import { describe, expect, it } from '@jest/globals';
import {
  initialAppServer,
  next,
  type AppServerInput,
  type AppServerState,
  type Flip,
} from '../../../src/modules/app-server/state/app-server.state.js';

/** Feeds the inputs 10 ms apart, and answers the state after them with every flip. */
function after(...inputs: AppServerInput[]): { state: AppServerState; flips: Flip[] } {
  let state = initialAppServer(0);
  const flips: Flip[] = [];
  inputs.forEach((input, index) => {
    const moved = next(state, input, (index + 1) * 10);
    state = moved.state;
    flips.push(...moved.effects);
  });
  return { state, flips };
}

const BORN: AppServerInput[] = [{ type: 'initialized' }, { type: 'launching' }, { type: 'spawned' }];
const READY: AppServerInput[] = [...BORN, { type: 'handshake_done', models: ['m'] }, { type: 'ready' }];
const DIED: AppServerInput[] = [{ type: 'exited', message: 'it was killed' }, { type: 'restarting' }];
const SPENT: AppServerInput[] = [
  { type: 'exited', message: 'it was killed' },
  { type: 'limit_exceeded', message: 'too often' },
];

describe('readiness', () => {
  it.each<[string, AppServerInput[]]>([
    ['supervisor_not_initialized', []],
    ['app_server_disabled', [{ type: 'disabled' }]],
    ['worker_not_started', [{ type: 'initialized' }]],
    ['worker_launching', [{ type: 'initialized' }, { type: 'launching' }]],
    ['handshake_pending', BORN],
    ['handshake_pending', [...BORN, { type: 'handshake_done', models: ['m'] }]],
    ['handshake_failed', [...BORN, { type: 'handshake_failed', message: 'no' }]],
    ['handshake_failed', [...BORN, { type: 'ending', cause: 'did not start in time' }]],
    ['worker_wedged', [...READY, { type: 'wedged', message: 'mute' }]],
    ['worker_wedged', [...READY, { type: 'wedged', message: 'mute' }, { type: 'ending', cause: 'wedged' }]],
    ['worker_exit', [...READY, ...DIED]],
    ['restart_limit_exceeded', [...READY, ...SPENT]],
    ['shutdown_initiated', [...READY, { type: 'drain' }]],
    ['shutdown_in_progress', [...READY, { type: 'drain' }, { type: 'stop' }]],
    ['shutdown_complete', [...READY, { type: 'drain' }, { type: 'stop' }, { type: 'stopped' }]],
  ])('is red for %s', (reason, inputs) => {
    expect(after(...inputs).state.readiness).toMatchObject({ ready: false, reason });
  });

  it('is green once the handshake is done and the child answers', () => {
    const { state } = after(...READY);
    expect(state.readiness).toMatchObject({
      ready: true,
      reason: 'handshake_complete',
      handshake: { at: 40, models: ['m'] },
      since: 50,
    });
  });

  it('is red from the moment of the death, and forgets the handshake of that life', () => {
    const { state, flips } = after(...READY, { type: 'exited', message: 'it was killed' });
    expect(state.readiness).toMatchObject({ ready: false, since: 60, handshake: null });
    expect(flips.at(-1)).toEqual({
      of: 'readiness',
      value: false,
      reason: 'worker_exit',
      message: 'it was killed',
      elapsedMs: 10,
    });
  });

  it('says since when it has been red, and when the reason last changed', () => {
    const { state } = after(...READY, ...DIED, { type: 'launching' });
    expect(state.readiness).toMatchObject({ since: 60, lastChangeAt: 80 });
  });
});

describe('liveness', () => {
  it('stays green through starts, deaths, wedges and backoff', () => {
    const inputs: AppServerInput[] = [
      ...READY,
      { type: 'wedged', message: 'mute' },
      ...DIED,
      { type: 'launching' },
    ];
    for (let count = 0; count <= inputs.length; count++) {
      expect(after(...inputs.slice(0, count)).state.liveness.live).toBe(true);
    }
  });

  it.each<[string, AppServerInput[]]>([
    ['worker_starting', [{ type: 'initialized' }]],
    ['worker_running', READY],
    ['worker_restarting', [...READY, ...DIED]],
    ['app_server_disabled', [{ type: 'disabled' }]],
  ])('says %s', (reason, inputs) => {
    expect(after(...inputs).state.liveness).toMatchObject({ live: true, reason });
  });

  it('fails when the budget is spent, and only readiness revives it', () => {
    const slow: AppServerInput[] = [...READY, ...SPENT, { type: 'launching' }, { type: 'spawned' }];
    expect(after(...slow).state).toMatchObject({
      liveness: { live: false, reason: 'restart_limit_exceeded', since: 70 },
      readiness: { ready: false, reason: 'restart_limit_exceeded', message: 'too often' },
    });
    const revived = after(...slow, { type: 'handshake_done', models: ['m'] }, { type: 'ready' });
    expect(revived.state.liveness).toMatchObject({ live: true, reason: 'worker_running' });
    expect(revived.flips.slice(-2).map(({ of, value }) => [of, value])).toEqual([
      ['readiness', true],
      ['liveness', true],
    ]);
  });

  it('is green while the worker drains, though the budget was spent', () => {
    const { state } = after(...READY, ...SPENT, { type: 'drain' });
    expect(state.liveness).toMatchObject({ live: true, reason: 'shutdown_in_progress' });
  });
});

describe('a shutdown', () => {
  it('is not undone by anything that the child does', () => {
    const draining = after(...READY, { type: 'drain' }).state;
    for (const input of [...READY, ...DIED, ...SPENT])
      expect(next(draining, input, 99).state).toEqual(draining);
  });

  it('is told once', () => {
    const { flips } = after(...READY, { type: 'drain' }, { type: 'stop' }, { type: 'stopped' });
    expect(flips.filter(({ value }) => !value)).toHaveLength(1);
  });
});
