import { describe, expect, it } from '@jest/globals';
import { noticeOf } from '../../../src/stack/log-line.policy.js';

describe('a line of a log on the screen', () => {
  it('is a sentence, not JSON', () => {
    const line = JSON.stringify({ level: 'warn', context: 'Queue', msg: 'lost', code: 'redis.unreachable' });
    expect(noticeOf('stdout', line)).toEqual({ level: 'warn', text: 'Queue: lost (redis.unreachable)' });
  });

  it('tells of an error without a message what the error says', () => {
    const line = JSON.stringify({ level: 'fatal', err: { message: 'port 5000 is taken' } });
    expect(noticeOf('stdout', line)).toEqual({ level: 'error', text: 'port 5000 is taken' });
  });

  it('stays in the file when it is no warning', () => {
    expect(noticeOf('stdout', JSON.stringify({ level: 'info', msg: 'listening' }))).toBeUndefined();
    expect(noticeOf('stdout', 'not json')).toBeUndefined();
  });

  it('stays in the file when it tells of a check, which the live status shows', () => {
    const line = JSON.stringify({ level: 'warn', context: 'Board', msg: 'queue: pass -> fail' });
    expect(noticeOf('stdout', line)).toBeUndefined();
  });

  it('is shown when the runtime itself speaks: a crash', () => {
    expect(noticeOf('stderr', 'SyntaxError: bad')).toEqual({ level: 'error', text: 'SyntaxError: bad' });
    expect(noticeOf('stderr', '  ')).toBeUndefined();
  });
});
