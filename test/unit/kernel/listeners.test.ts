import { describe, expect, it } from '@jest/globals';
import { Listeners } from '../../../src/modules/kernel/index.js';

describe('listeners', () => {
  it('are told with what there is to tell, until they stop', () => {
    const listeners = new Listeners<[string, number]>();
    const heard: [string, number][] = [];
    const stop = listeners.add((...told) => heard.push(told));
    expect(listeners.size).toBe(1);
    listeners.tell('a', 1);
    stop();
    listeners.tell('b', 2);
    expect(heard).toEqual([['a', 1]]);
    expect(listeners.size).toBe(0);
  });

  it('hear though the one before them throws, which is thrown at last', () => {
    const listeners = new Listeners();
    let heard = 0;
    listeners.add(() => {
      throw new Error('deaf');
    });
    listeners.add(() => (heard += 1));
    expect(() => listeners.tell()).toThrow('deaf');
    expect(heard).toBe(1);
  });

  it('give what they throw to whoever wants it', () => {
    const failures: unknown[] = [];
    const listeners = new Listeners<[string]>((...failure) => failures.push(failure));
    const error = new Error('deaf');
    listeners.add(() => {
      throw error;
    });
    listeners.tell('news');
    expect(failures).toEqual([[error, 'news']]);
  });

  it('that come while others are told are told the next time', () => {
    const listeners = new Listeners();
    let heard = 0;
    const stop = listeners.add(() => {
      stop();
      listeners.add(() => (heard += 1));
    });
    listeners.tell();
    expect(heard).toBe(0);
    listeners.tell();
    expect(heard).toBe(1);
  });
});
