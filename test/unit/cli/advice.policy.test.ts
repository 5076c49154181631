import { describe, expect, it } from '@jest/globals';
import { adviceOn } from '../../../src/cli/look/advice.policy.js';
import '../../../src/modules/heartbeat/judge.js';
import '../../../src/modules/queue/judge.js';
import { codeDefinition, registry, type Code, type Trouble } from '../../../src/modules/health/observe.js';
import { queueFacts } from './given.js';

const mail = queueFacts('mail');

describe('what to do', () => {
  it('is what the registry says of Redis, with what to type first', () => {
    const { fix, firstCommand, restart } = codeDefinition('redis.replicas_gone') as Trouble;
    expect(adviceOn('redis.replicas_gone', null)).toEqual({ fix, command: firstCommand, restart });
  });

  it('is typed once, where the fix itself is a command', () => {
    expect(adviceOn('redis.eviction_policy', null)).toMatchObject({
      fix: expect.stringContaining('config set maxmemory-policy noeviction'),
      command: null,
    });
  });

  it('names the keys of the queue that is meant', () => {
    expect(adviceOn('worker.wedged', mail)).toEqual({
      fix: expect.stringContaining('Restart the worker'),
      command: 'redis-cli -u "$REDIS_URL" client list | grep bull:bWFpbA==',
      restart: 'helps',
    });
    expect(adviceOn('jobs.failing', mail).command).toContain('zrevrange bull:mail:failed 0 4');
    expect(adviceOn('jobs.some_failing', mail).command).toContain('zrevrange bull:mail:failed 0 4');
    expect(adviceOn('queue.scheduler_dead', mail).command).toContain('zrange bull:mail:repeat 0 9');
    expect(adviceOn('queue.limited', mail).command).toContain('hmget bull:mail:meta max');
    expect(adviceOn('queue.paused', mail).command).toBeNull();
  });

  it('is quoted for a shell, and not typed at all where it cannot be', () => {
    const of = (name: string) => adviceOn('jobs.failing', queueFacts(name)).command;
    expect(of("it's $HOME")).toContain(`zrevrange 'bull:it'\\''s $HOME:failed' 0 4`);
    expect(of('a\u001b[2J')).toBeNull();
  });

  it('is nothing where all is well', () => {
    expect(adviceOn('worker.observed', mail)).toMatchObject({ fix: '', command: null });
  });

  it('speaks of nothing that only the service has', () => {
    const judged = [...registry.keys()].filter((code) => /^(worker|queue|jobs|redis)\./.test(code));
    expect(judged.length).toBeGreaterThan(60);
    for (const code of judged) {
      const { command } = adviceOn(code as Code, mail);
      expect({ code, command }).toEqual({
        code,
        command: command === null ? null : expect.not.stringMatching(/curl|psql|execution/),
      });
    }
  });
});
