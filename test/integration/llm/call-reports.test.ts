import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ModuleRef } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { parseSettings } from '../../../src/modules/config/index.js';
import { ProviderMemory } from '../../../src/modules/llm/provider-memory.js';
import { CallListener } from '../../../src/modules/llm/reports/call-listener.service.js';
import { CallReporter } from '../../../src/modules/llm/reports/call-reporter.service.js';
import { createRedis } from '../../../src/modules/redis/index.js';
import { llmOptions, queueOptions } from '../../../src/options/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';

const quota = { code: 'llm.quota_exhausted', message: 'openai: insufficient_quota' } as const;

let server: RedisServer;
const closing: (() => void)[] = [];
beforeEach(async () => {
  server = await RedisServer.start();
});
afterEach(async () => {
  closing.splice(0).forEach((close) => close());
  await server.kill();
});

function connected(url: string) {
  const queues = queueOptions(parseSettings({ REDIS_URL: url }));
  const redis = createRedis(queues.redis, 'client');
  closing.push(() => redis.disconnect());
  const memory = new ProviderMemory(llmOptions(parseSettings({ OPENAI_API_KEY: 'sk-real-key-0451' })));
  const modules = { get: (): Redis => redis } as unknown as ModuleRef;
  return { queues, redis, memory, modules };
}

function worker() {
  const { queues, redis, memory, modules } = connected(server.url);
  const reporter = new CallReporter(memory, modules, queues, (text) => text);
  reporter.onModuleInit();
  closing.push(() => reporter.onApplicationShutdown());
  return { memory, redis };
}

function api() {
  const { queues, memory, modules } = connected(server.url);
  const listener = new CallListener(memory, modules, queues);
  listener.onModuleInit();
  closing.push(() => listener.onApplicationShutdown());
  const news: (string | undefined)[] = [];
  memory.onNews(() => news.push(memory.verdictOf('openai')?.code));
  const becomes = (code: string | undefined) =>
    eventually(() => (memory.verdictOf('openai')?.code === code ? true : undefined), {
      what: `${code} (it is ${memory.verdictOf('openai')?.code})`,
    });
  return { memory, news, becomes };
}

describe('real calls of a worker', () => {
  it('are believed by the api, and so is their end', async () => {
    const [a, b] = [worker(), api()];
    a.memory.called('openai', quota);
    await b.becomes('llm.quota_exhausted');
    a.memory.called('openai', 'succeeded');
    await b.becomes(undefined);
    expect(b.memory.stateOf('openai').lastCallSucceededAt).not.toBeNull();
    expect(b.news).toEqual(['llm.quota_exhausted', undefined]);
  });

  it('are known to an api that starts later', async () => {
    const a = worker();
    a.memory.called('openai', quota);
    await api().becomes('llm.quota_exhausted');
  });

  it('that ended while Redis was away are told when it is back', async () => {
    const [a, b] = [worker(), api()];
    a.memory.called('openai', 'succeeded');
    await eventually(() => b.memory.stateOf('openai').lastCallSucceededAt ?? undefined, { what: 'a report' });
    await server.kill();
    a.memory.called('openai', quota);
    await server.restart();
    await b.becomes('llm.quota_exhausted');
  });

  it('cost Redis little when each goes as the one before', async () => {
    const a = worker();
    a.memory.called('openai', 'succeeded');
    const told = () => server.command('HGET', 'bull:probity:llm-calls', 'openai');
    const first = await eventually(async () => (await told()) ?? undefined, { what: 'a report' });
    for (let at = 0; at < 100; at += 1) a.memory.called('openai', 'succeeded');
    a.memory.called('litellm', quota);
    await eventually(
      async () => (await server.command('HGET', 'bull:probity:llm-calls', 'litellm')) ?? undefined,
      {
        what: 'the report that came after them',
      },
    );
    expect(await told()).toBe(first);
  });
});
