import { describe, expect, it } from '@jest/globals';
import {
  decideRestart,
  decideRetry,
  DEFAULT_RESTART_POLICY,
  forgive,
  isForgiven,
  NO_RESTARTS,
  type RestartHistory,
  withoutFuture,
} from '../../../src/modules/supervision/machine/restart.policy.js';

const policy = DEFAULT_RESTART_POLICY;
const decide = (history: RestartHistory, now = 0, random = 1) =>
  decideRestart(history, 'exited with code 1', now, random, policy);

/** The history after `count` deaths, `apartMs` from each other. */
function afterDeaths(count: number, apartMs = 0): RestartHistory {
  let history = NO_RESTARTS;
  for (let death = 0; death < count; death += 1) history = decide(history, death * apartMs).history;
  return history;
}

describe('what is loaded of earlier restarts', () => {
  it('is without those in the future, which a clock that was set back would keep for ever', () => {
    const history = { restarts: [900, 1000, 1001, 99_000], consecutiveFailures: 4, exhausted: true };
    expect(withoutFuture(history, 1000)).toEqual({ ...history, restarts: [900, 1000] });
  });
});

describe('what is forgiven', () => {
  it.each([
    [0, false, true],
    [1, false, false],
    [0, true, false],
  ])('is so with %i failures and exhausted %s: %s', (consecutiveFailures, exhausted, forgiven) => {
    expect(isForgiven({ restarts: [1000], consecutiveFailures, exhausted })).toBe(forgiven);
  });
});

describe('restart policy', () => {
  it('doubles the delay from 500 ms up to 5 s', () => {
    const delays = [0, 1, 2, 3, 4, 5, 20].map((deaths) => decide(afterDeaths(deaths)).delayMs);
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  });

  it('takes between half and all of a delay, and never nothing', () => {
    expect(decide(NO_RESTARTS, 0, 0).delayMs).toBe(250);
    expect(decide(NO_RESTARTS, 0, 0.5).delayMs).toBe(375);
    expect(decideRestart(NO_RESTARTS, 'died', 0, 0, { ...policy, initialDelayMs: 0 }).delayMs).toBe(1);
  });

  it('allows the whole budget and not one more', () => {
    expect(decide(afterDeaths(24)).pace).toBe('backoff');
    const spent = decide(afterDeaths(25));
    expect(spent).toMatchObject({ pace: 'slow', delayMs: 60_000, history: { exhausted: true } });
  });

  it('counts restarts in a sliding window, not for ever', () => {
    const history = afterDeaths(25, 1_000);
    expect(decide(history, 599_999).pace).toBe('slow');
    expect(decide(history, 600_000).pace).toBe('backoff');
    expect(decide(history, 600_000).history.restarts).toHaveLength(25);
  });

  it('stays slow once exhausted until health was sustained', () => {
    const exhausted = decide(afterDeaths(25)).history;
    const muchLater = policy.windowMs * 3;
    expect(decide(exhausted, muchLater).pace).toBe('slow');
    expect(decide(forgive(exhausted), muchLater).pace).toBe('backoff');
  });

  it('forgives failures after sustained health but goes on counting restarts', () => {
    const history = forgive(afterDeaths(20));
    expect(decide(history).delayMs).toBe(500);
    expect(history.restarts).toHaveLength(20);
  });

  it('says what happened and what follows', () => {
    expect(decide(afterDeaths(2)).reason).toBe(
      'exited with code 1; restart 3 of at most 25 restarts in 10 min follows in 2 s',
    );
    expect(decide(afterDeaths(25)).reason).toBe(
      'exited with code 1; the budget of 25 restarts in 10 min is spent, so the next attempt is in 60 s',
    );
  });

  it('does not count a start for which there was no room, and forgives nothing for it either', () => {
    const retry = (history: RestartHistory) => decideRetry(history, 'failed: spawn EMFILE', 1, policy);
    const spent = retry(afterDeaths(25));
    expect(spent).toMatchObject({ pace: 'backoff', delayMs: 5_000 });
    expect(spent.history).toEqual({ ...afterDeaths(25), consecutiveFailures: 26 });
    expect(retry(decide(afterDeaths(25)).history)).toMatchObject({ pace: 'slow', delayMs: 60_000 });
    expect(retry(NO_RESTARTS).reason).toBe(
      'failed: spawn EMFILE; that is not counted as a restart, and the next attempt is in 500 ms',
    );
  });
});
