import { describe, expect, it } from '@jest/globals';
import {
  LEARNING,
  nextIncarnation,
  type IncarnationEffect,
  type IncarnationEvent,
  type IncarnationState,
} from '../../../src/modules/queue/incarnation/incarnation.state.js';

const NOW = 1_700_000_000_000;
const see = (sentinel: string | null, lastId = 0, runId: string | null = 'run-1'): IncarnationEvent => ({
  kind: 'observed',
  seen: { sentinel, lastId, runId },
});
const remember = (sentinel: string | null, highWater = 0): IncarnationEvent => ({
  kind: 'remembered',
  memory: sentinel === null ? null : { sentinel, highWater },
});
const acknowledge: IncarnationEvent = { kind: 'acknowledged' };

function stepped(...events: IncarnationEvent[]) {
  let state: IncarnationState = LEARNING;
  let before: IncarnationState = LEARNING;
  let effects: readonly IncarnationEffect[] = [];
  for (const event of events) {
    before = state;
    ({ state, effects } = nextIncarnation(state, event, NOW));
  }
  return { state, before, effects };
}

function after(...events: IncarnationEvent[]) {
  const { state, effects } = stepped(...events);
  return { state, name: state.name, effects: effects.map(({ kind }) => kind) };
}
const whole = [see('A', 5), remember('A', 3), see('A', 5)];

describe('is it still the same queue', () => {
  it('stamps where no stamp is, and asks what Postgres remembers', () => {
    expect(after(see(null))).toMatchObject({ name: 'learning', effects: ['stamp', 'recall'] });
  });

  it('remembers a queue that nobody knew', () => {
    expect(after(see(null), remember(null), see('A'))).toMatchObject({
      name: 'whole',
      effects: ['remember'],
    });
  });

  it('is whole when the sentinel is the one that was remembered', () => {
    expect(after(...whole)).toMatchObject({ name: 'whole', effects: [] });
  });

  it('holds what Postgres says only against a later look, for it may know more than the last one', () => {
    expect(after(see('A', 5), remember('A', 8)).name).toBe('learning');
    expect(after(see('A', 5), remember('A', 8), see('A', 9)).name).toBe('whole');
  });

  it.each([
    ['sentinel_gone', see(null)],
    ['sentinel_changed', see('B', 9)],
    ['ids_went_back', see('A', 4)],
  ])('is lost when Redis shows %s, and is announced once', (what, event) => {
    const first = after(...whole, event);
    expect(first).toMatchObject({
      name: 'lost',
      state: { loss: { what, since: NOW, before: { sentinel: 'A', highWater: 5 } } },
    });
    expect(first.effects).toContain('announce');
    expect(after(...whole, event, event).effects).not.toContain('announce');
  });

  it('is lost when it is not what Postgres remembers of an earlier process', () => {
    expect(after(see(null), remember('A', 3), see('B')).name).toBe('lost');
    expect(after(see('A', 1), remember('A', 3), see('A', 1)).name).toBe('lost');
    expect(after(see(null), remember('A', 3), see(null))).toMatchObject({
      name: 'lost',
      effects: ['stamp', 'recall', 'announce'],
    });
  });

  it('is lost when it changes while Postgres is away from the start', () => {
    expect(after(see('A', 5), see('A', 6), see(null)).name).toBe('lost');
  });

  it('says whether Redis was restarted in between', () => {
    expect(after(...whole, see(null, 0, 'run-2')).state).toMatchObject({ loss: { restarted: true } });
    expect(after(...whole, see(null)).state).toMatchObject({ loss: { restarted: false } });
    expect(after(...whole, see(null, 0, null)).state).toMatchObject({ loss: { restarted: null } });
  });

  it('stays lost until somebody says that the work is back', () => {
    const events = [...whole, see(null), see('B', 1), see('B', 2)];
    expect(after(...events).name).toBe('lost');
    expect(after(...events, acknowledge)).toMatchObject({ name: 'whole', effects: ['remember'] });
    expect(after(...events, acknowledge, see('B', 3)).name).toBe('whole');
  });

  it('takes no word for it before there is a new sentinel', () => {
    expect(after(...whole, see(null), acknowledge).name).toBe('lost');
  });

  it('is whole again when another process has said so', () => {
    const events = [...whole, see(null), see('B', 1)];
    expect(after(...events, remember('A', 5), see('B', 2)).name).toBe('lost');
    expect(after(...events, remember('B', 1), see('B', 2)).name).toBe('whole');
  });

  it('remembers what it found, and what it is told is back', () => {
    const effectsOf = (...events: IncarnationEvent[]) => stepped(...events).effects;
    expect(effectsOf(see('A', 7), remember(null), see('A', 9))).toEqual([
      { kind: 'remember', incarnation: { sentinel: 'A', highWater: 9 } },
    ]);
    expect(effectsOf(...whole, see(null), see('B', 4), acknowledge)).toEqual([
      { kind: 'remember', incarnation: { sentinel: 'B', highWater: 4 } },
    ]);
  });

  it('announces the loss itself, stamps what has none, and asks again', () => {
    const { state, effects } = stepped(...whole, see(null));
    const { loss } = state as Extract<IncarnationState, { name: 'lost' }>;
    expect(effects).toEqual([{ kind: 'stamp' }, { kind: 'recall' }, { kind: 'announce', loss }]);
    expect(stepped(...whole, see('B')).effects.map(({ kind }) => kind)).toEqual(['recall', 'announce']);
    expect(after(...whole, see(null), see(null)).effects).toEqual(['stamp', 'recall']);
    expect(after(...whole, see(null), see('B')).effects).toEqual(['recall']);
  });

  it('says of a loss that it found at its start all that it says of any', () => {
    expect(after(see('A', 1), remember('A', 3), see('A', 2, 'run-2')).state).toMatchObject({
      name: 'lost',
      loss: { what: 'ids_went_back', before: { sentinel: 'A', highWater: 3 }, since: NOW, restarted: true },
      seen: { sentinel: 'A', lastId: 2 },
    });
  });

  it('holds what another process remembered against one look only', () => {
    const events = [...whole, see(null), remember('C', 1), see('B', 1)];
    expect(after(...events).state).toMatchObject({ name: 'lost', memory: undefined });
    expect(after(see('A', 1), remember('B', 1), see('A', 1)).state).toMatchObject({
      name: 'lost',
      memory: undefined,
    });
  });

  it('has lost nothing that it saw only without a sentinel', () => {
    expect(after(see('A', 5), see('A', 5), see('A', 5)).name).toBe('learning');
    expect(after(see(null), remember(null), see(null))).toMatchObject({
      name: 'learning',
      effects: ['stamp', 'recall'],
      state: { memory: null, last: null },
    });
    expect(after(see(null), see('A', 0), see('A', 0)).effects).toEqual(['recall']);
  });

  it('is whole at the very id that it knew', () => {
    expect(after(...whole, see('A', 5)).name).toBe('whole');
    expect(after(...whole, see('A', 9), see('A', 8)).name).toBe('lost');
  });

  it('does not change for what is remembered or acknowledged while it is whole or learning', () => {
    const { state, before } = stepped(...whole, remember('B', 99));
    expect(state).toBe(before);
    expect(after(see('A', 5), acknowledge)).toMatchObject({ name: 'learning', effects: [] });
    expect(LEARNING).toEqual({ name: 'learning', memory: undefined, last: null });
  });

  it('has nothing to acknowledge while it is whole', () => {
    expect(after(...whole, acknowledge)).toMatchObject({ name: 'whole', effects: [] });
  });
});
