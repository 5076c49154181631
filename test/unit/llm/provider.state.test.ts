import { describe, expect, it } from '@jest/globals';
import type { Trouble } from '../../../src/modules/llm/provider-error.js';
import {
  afterCall,
  afterProbe,
  outcomeOf,
  unknownProvider,
  verdict,
  type ProviderState,
} from '../../../src/modules/llm/provider.state.js';

const MINUTE = 60_000;
const probe = (state: ProviderState, code: 'llm.ready' | 'llm.unverified' | Trouble, now: number) =>
  afterProbe(state, { code, message: code, latencyMs: 1, models: null }, now);
const call = (state: ProviderState, code: 'succeeded' | Trouble, now: number) => {
  const outcome = outcomeOf(code === 'succeeded' ? code : { code, message: code });
  return outcome === null ? state : afterCall(state, outcome, now);
};
const codeAt = (state: ProviderState, now: number) => verdict(state, now)?.code;

describe('what is believed of a provider', () => {
  it('is nothing before anything is known', () => {
    expect(verdict(unknownProvider, 0)).toBeNull();
  });

  it('is what the last probe said', () => {
    let state = probe(unknownProvider, 'llm.ready', 0);
    expect(codeAt(state, 1)).toBe('llm.ready');
    state = probe(state, 'llm.key_rejected', 2);
    expect(codeAt(state, 3)).toBe('llm.key_rejected');
  });

  it('is that it was lost, then unreachable, when it once worked', () => {
    let state = probe(unknownProvider, 'llm.ready', 0);
    state = probe(state, 'llm.unreachable', 1000);
    expect(codeAt(state, 1000)).toBe('llm.connection_lost');
    state = probe(state, 'llm.unreachable', 29_000);
    expect(codeAt(state, 30_999)).toBe('llm.connection_lost');
    expect(codeAt(state, 31_000)).toBe('llm.unreachable');
  });

  it('is that it is unreachable at once when it never worked', () => {
    expect(codeAt(probe(unknownProvider, 'llm.unreachable', 0), 0)).toBe('llm.unreachable');
  });

  it('is a real success that came after its probes began to fail, for ten minutes', () => {
    let state = probe(unknownProvider, 'llm.key_rejected', 1000);
    state = call(state, 'succeeded', 2000);
    expect(codeAt(state, 2000)).toBe('llm.ready');
    state = probe(state, 'llm.key_rejected', 3000);
    expect(codeAt(state, 3000)).toBe('llm.ready');
    // Nobody called it for a while, and nothing has spoken against it: not known is no failure.
    expect(codeAt(state, 2000 + 10 * MINUTE)).toBe('llm.unverified');
    // What a probe finds out anew is news.
    expect(codeAt(probe(state, 'llm.unreachable', 4000), 40_000)).toBe('llm.unreachable');
  });

  it('is not a real success of before: a key revoked since then is revoked', () => {
    let state = probe(unknownProvider, 'llm.ready', 0);
    state = call(state, 'succeeded', 1000);
    state = probe(state, 'llm.key_rejected', 2000);
    expect(codeAt(state, 2000)).toBe('llm.key_rejected');
  });

  it('is a quota that real calls found spent, though listing models still works', () => {
    let state = call(probe(unknownProvider, 'llm.ready', 0), 'llm.quota_exhausted', 1000);
    state = probe(state, 'llm.ready', 2000);
    expect(codeAt(state, 2000)).toBe('llm.quota_exhausted');
    expect(codeAt(state, 1000 + 5 * MINUTE)).toBe('llm.ready');
    expect(codeAt(call(state, 'succeeded', 3000), 3000)).toBe('llm.ready');
  });

  it('is not a rejected key any more once a probe was let in', () => {
    const state = call(probe(unknownProvider, 'llm.ready', 0), 'llm.key_rejected', 1000);
    expect(codeAt(state, 1500)).toBe('llm.key_rejected');
    expect(codeAt(probe(state, 'llm.ready', 2000), 2000)).toBe('llm.ready');
  });

  it.each(['llm.slow', 'llm.unreachable', 'llm.request_refused', 'llm.unexpected_answer'] as const)(
    'is not changed by a real call that ended in %s: the probe knows better',
    (code) => {
      expect(codeAt(call(probe(unknownProvider, 'llm.ready', 0), code, 1000), 1000)).toBe('llm.ready');
    },
  );

  it('is what real calls say of one that lists no models', () => {
    const unverified = probe(unknownProvider, 'llm.unverified', 0);
    expect(codeAt(unverified, 1)).toBe('llm.unverified');
    expect(codeAt(call(unverified, 'succeeded', 2), 3)).toBe('llm.ready');
    expect(codeAt(call(unverified, 'llm.key_rejected', 2), 3)).toBe('llm.key_rejected');
    expect(codeAt(call(unverified, 'llm.unexpected_answer', 2), 3)).toBe('llm.unexpected_answer');
    // The key is revoked later: that is no proof any more.
    expect(codeAt(probe(call(unverified, 'succeeded', 2), 'llm.key_rejected', 4), 5)).toBe(
      'llm.key_rejected',
    );
  });
});

describe('how long a real call counts', () => {
  it.each([
    ['llm.quota_exhausted', 5 * MINUTE],
    ['llm.rate_limited', 30_000],
    ['llm.overloaded', 30_000],
  ] as const)('against a provider that lists its models: %s for %i ms', (code, ms) => {
    const state = call(probe(unknownProvider, 'llm.ready', 0), code, 1000);
    expect(codeAt(state, 1000 + ms - 1)).toBe(code);
    expect(codeAt(state, 1000 + ms)).toBe('llm.ready');
  });

  it.each(['llm.key_rejected', 'llm.unexpected_answer'] as const)(
    'against a provider that lists none: %s for five minutes',
    (code) => {
      const state = call(probe(unknownProvider, 'llm.unverified', 0), code, 1000);
      expect(codeAt(state, 1000 + 5 * MINUTE - 1)).toBe(code);
      expect(codeAt(state, 1000 + 5 * MINUTE)).toBe('llm.unverified');
    },
  );

  it('for a provider whose probe fails: ten minutes, in words of its own', () => {
    const state = call(probe(unknownProvider, 'llm.unverified', 1000), 'succeeded', 2000);
    expect(verdict(state, 2000 + 10 * MINUTE - 1)).toEqual({
      code: 'llm.ready',
      message: 'a real call succeeded since its probe failed',
    });
    expect(verdict(state, 2000 + 10 * MINUTE)).toEqual({
      code: 'llm.unverified',
      message: 'llm.unverified; real calls succeeded, the last a while ago',
    });
  });

  it('and not at all while the probes pass, however long ago it was', () => {
    const state = call(probe(unknownProvider, 'llm.ready', 0), 'succeeded', 1000);
    expect(verdict(state, 1000)).toMatchObject({ code: 'llm.ready', message: 'llm.ready' });
    expect(codeAt(state, 60 * MINUTE)).toBe('llm.ready');
  });

  it('only when it came after what the probes say now', () => {
    const at = (called: number) => call(probe(unknownProvider, 'llm.slow', 1000), 'succeeded', called);
    expect(codeAt(at(1000), 1000)).toBe('llm.slow');
    expect(codeAt(at(1001), 1001)).toBe('llm.ready');
  });

  it('and speaks before anything was probed, when it failed', () => {
    expect(verdict(call(unknownProvider, 'llm.key_rejected', 1), 2)).toMatchObject({
      code: 'llm.key_rejected',
      message: 'llm.key_rejected',
    });
    expect(verdict(call(unknownProvider, 'succeeded', 1), 2)).toBeNull();
  });
});

describe('what is remembered of a provider', () => {
  it('is nothing at first', () => {
    expect(Object.values(unknownProvider)).toEqual([null, null, null, null, null, null]);
  });

  it('is what its last probe found, and since when', () => {
    let state = probe(unknownProvider, 'llm.slow', 10);
    expect(state).toMatchObject({ probe: { code: 'llm.slow', at: 10 }, troubleSince: 10, probedSince: 10 });
    state = probe(state, 'llm.slow', 20);
    expect(state).toMatchObject({ probe: { at: 20 }, troubleSince: 10, probedSince: 10 });
    state = probe(state, 'llm.unreachable', 30);
    expect(state).toMatchObject({ troubleSince: 10, probedSince: 30, lastSuccessAt: null });
    state = probe(state, 'llm.ready', 40);
    expect(state).toMatchObject({ troubleSince: null, probedSince: 40, lastSuccessAt: 40 });
    state = probe(state, 'llm.ready', 50);
    expect(state).toMatchObject({ probedSince: 40, lastSuccessAt: 50 });
  });

  it('keeps a success of a real call through its probes', () => {
    const state = probe(call(unknownProvider, 'succeeded', 5), 'llm.ready', 10);
    expect(state).toMatchObject({ lastCallSucceededAt: 5, lastSuccessAt: 10, callTrouble: null });
  });

  it('is the later success of a call that ended before a probe, and of one that ended after', () => {
    const probed = probe(unknownProvider, 'llm.ready', 10);
    expect(call(probed, 'succeeded', 5)).toMatchObject({ lastSuccessAt: 10, lastCallSucceededAt: 5 });
    expect(call(probed, 'succeeded', 15)).toMatchObject({ lastSuccessAt: 15, lastCallSucceededAt: 15 });
    expect(call(unknownProvider, 'succeeded', -5).lastSuccessAt).toBe(-5);
  });

  it('is why a real call failed, and when', () => {
    expect(call(unknownProvider, 'llm.overloaded', 7).callTrouble).toEqual({
      code: 'llm.overloaded',
      message: 'llm.overloaded',
      at: 7,
    });
  });

  it('counts a provider as lost that only real calls found well', () => {
    let state = call(unknownProvider, 'succeeded', 0);
    state = probe(state, 'llm.unreachable', 1000);
    expect(verdict(state, 1001)).toEqual({ code: 'llm.connection_lost', message: 'llm.unreachable' });
  });

  it('is lost for half a minute from the first failure of any kind', () => {
    let state = probe(unknownProvider, 'llm.ready', 0);
    state = probe(state, 'llm.slow', 1000);
    expect(codeAt(state, 1001)).toBe('llm.slow');
    state = probe(state, 'llm.unreachable', 20_000);
    expect(codeAt(state, 30_999)).toBe('llm.connection_lost');
    expect(codeAt(state, 31_000)).toBe('llm.unreachable');
  });
});

describe('what a real call says of its provider', () => {
  it('is that it works', () => expect(outcomeOf('succeeded')).toBe('succeeded'));

  it.each([
    'llm.key_rejected',
    'llm.quota_exhausted',
    'llm.rate_limited',
    'llm.overloaded',
    'llm.unexpected_answer',
  ] as const)('is what is wrong with it: %s', (code) => {
    expect(outcomeOf({ code, message: 'why' })).toEqual({ code, message: 'why' });
  });

  it.each(['llm.slow', 'llm.unreachable', 'llm.request_refused', 'llm.not_configured'] as const)(
    'is nothing certain when it ended in %s',
    (code) => expect(outcomeOf({ code, message: 'why' })).toBeNull(),
  );
});
