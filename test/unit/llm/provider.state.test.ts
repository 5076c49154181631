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
