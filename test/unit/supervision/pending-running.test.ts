import { describe, expect, it } from '@jest/globals';
import { FoundRunning } from '../../../src/modules/supervision/pending-running.js';
import type { Running } from '../../../src/modules/supervision/runtime.js';

const from = { kind: 'process' };

/** A life that writes down what is asked of it. */
function runningLife() {
  const asked: string[] = [];
  const running: Running = {
    spawned: Promise.resolve(7),
    exited: Promise.resolve({ code: 3, signal: null, error: null }),
    terminate: () => void asked.push('terminate'),
    kill: () => void asked.push('kill'),
    write: () => ({ accepted: true }),
    identity: () => ({ kind: 'found' }),
  };
  return { asked, running };
}

describe('a life that is looked for', () => {
  it('is the one that was found', async () => {
    const { running } = runningLife();
    const life = new FoundRunning(Promise.resolve(running), from);
    expect(await life.spawned).toBe(7);
    expect(await life.exited).toMatchObject({ code: 3 });
    expect(life.identity()).toEqual({ kind: 'found' });
    expect(life.write('x')).toEqual({ accepted: true });
  });

  it('has ended when it is not found, which is all that is known of it', async () => {
    const life = new FoundRunning(Promise.resolve(null), from);
    expect(await life.spawned).toBeNull();
    expect(await life.exited).toEqual({
      code: null,
      signal: null,
      error: 'it ended while nobody watched it',
    });
  });

  it('has ended when it cannot be looked for, with the reason', async () => {
    const life = new FoundRunning(Promise.reject(new Error('no engine')), from);
    expect(await life.exited).toMatchObject({ error: 'no engine' });
  });

  it('is asked to end once it is found, and keeps its identity until then', async () => {
    const { asked, running } = runningLife();
    let find!: (running: Running) => void;
    const life = new FoundRunning(new Promise((resolve) => (find = resolve)), from);
    life.terminate();
    life.kill();
    expect(life.identity()).toBe(from);
    expect(life.write('x')).toMatchObject({ accepted: false });
    expect(asked).toEqual([]);
    find(running);
    await life.spawned;
    expect(asked).toEqual(['terminate', 'kill']);
    life.kill();
    expect(asked).toEqual(['terminate', 'kill', 'kill']);
  });
});
