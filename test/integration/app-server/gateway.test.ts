import { request } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { chat, fakeWorker, ready } from '../../fixtures/app-server.js';
import { eventually } from '../../fixtures/eventually.js';
import type { Probity } from '../../fixtures/probity.js';

const pidOf = async (worker: Probity): Promise<number> =>
  (await worker.get('/healthz')).json.worker_supervisor.pid as number;

const active = async (worker: Probity): Promise<number> => {
  const { text } = await worker.get('/metrics');
  return Number(/codex_streams_active\{.*\} (\d+)/.exec(text)?.[1]);
};

/** The data of each server-sent event. */
const eventsOf = (text: string): string[] =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length));

const says = (words: number, more: Record<string, unknown> = {}) => ({
  messages: [{ role: 'user', content: `say ${words}` }],
  ...more,
});

async function readyWorker(env: Record<string, string> = {}, mode = 'well'): Promise<Probity> {
  const worker = await fakeWorker(mode, env);
  await ready(worker);
  return worker;
}

// What harms no worker is asked of one.
let shared: Probity;
beforeAll(async () => {
  shared = await readyWorker();
});

describe('a completion', () => {
  it('comes whole, with its usage', async () => {
    const worker = shared;
    const { status, json, headers } = await chat(worker, { model: 'fake-large' });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model: 'fake-large',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 ' },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 7, completion_tokens: 10, total_tokens: 17 },
    });
  });

  it('comes in a stream that ends with [DONE]', async () => {
    const worker = shared;
    const { headers, text } = await chat(
      worker,
      says(3, { stream: true, stream_options: { include_usage: true } }),
    );
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = eventsOf(text);
    expect(events.at(-1)).toBe('[DONE]');
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as Record<string, never>);
    const choices = chunks.map((chunk) => chunk['choices'] as unknown as { delta: { content?: string } }[]);
    expect(choices[0]).toEqual([
      { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
    ]);
    // Tokens that arrive together leave together, so how many chunks there are is a matter of time.
    const tokens = choices.slice(1, -2);
    for (const token of tokens) {
      const content = token[0]?.delta.content;
      expect(token).toEqual([{ index: 0, delta: { content }, logprobs: null, finish_reason: null }]);
    }
    expect(tokens.map((token) => token[0]?.delta.content).join('')).toBe('w0 w1 w2 ');
    expect(choices.slice(-2)).toEqual([[{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }], []]);
    expect(chunks.at(-1)?.['usage']).toEqual({ prompt_tokens: 7, completion_tokens: 10, total_tokens: 17 });
  });

  it('gets the default model when it names none, and 404 for one that does not exist', async () => {
    const worker = shared;
    expect((await chat(worker, says(1))).json.model).toBe('fake-small');
    const unknown = await chat(worker, says(1, { model: 'no-such-model' }));
    expect(unknown.status).toBe(404);
    expect(unknown.json.error).toMatchObject({ code: 'model_not_found', retryable: false });
  });

  it('leaves no thread behind', async () => {
    const worker = shared;
    await chat(worker, says(1));
    await worker.process.waitForLine(/deleted thread-/);
    await eventually(async () => (await active(worker)) === 0);
  });

  it('declines what the child asks in the middle of it', async () => {
    const worker = await readyWorker({}, 'asks');
    const { json } = await chat(worker, says(2));
    expect(json.choices[0].message.content).toBe('w0 {"decision":"decline"} w1 ');
  });

  it.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'messages.0.content'],
    [{ messages: [{ role: 'assistant', content: 'x' }] }, 'messages'],
    [{ messages: [{ role: 'tool', content: 'x', tool_call_id: '1' }] }, 'messages.0.role'],
    [{ n: 2 }, 'n'],
    [{ tools: [] }, 'tools'],
    [{ stop: ['x'] }, 'stop'],
    [{ nonsense: true }, 'nonsense'],
  ])('is refused when it asks for %j, with the field named', async (body, param) => {
    const worker = shared;
    const { status, json } = await chat(worker, body);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ type: 'invalid_request_error', param, retryable: false });
  });

  it('is refused as JSON, too large, or of another type, in the shape that clients know', async () => {
    const worker = shared;
    const post = (body: string, type = 'application/json') =>
      worker.request('POST', '/v1/chat/completions', body, { 'content-type': type });
    const [broken, large, other] = [
      await post('{"messages":'),
      await post(JSON.stringify({ messages: 'x'.repeat(1_100_000) })),
      await post('<xml/>', 'application/xml'),
    ];
    expect([broken.status, large.status, other.status]).toEqual([400, 413, 415]);
    for (const { json } of [broken, large, other]) expect(json.error.type).toBe('invalid_request_error');
  });
});

describe('the models', () => {
  it('are those that the child advertises', async () => {
    const { json } = await shared.get('/v1/models');
    expect(json).toMatchObject({ object: 'list' });
    expect(json.data.map(({ id }: { id: string }) => id)).toEqual(['fake-large', 'fake-small', 'fake-tiny']);
  });
});

describe('who may use the gateway', () => {
  it('is nobody in production without API_TOKEN', async () => {
    const worker = await readyWorker({ NODE_ENV: 'production' });
    for (const reply of [await chat(worker, says(1)), await worker.get('/v1/models')]) {
      expect(reply.status).toBe(403);
      expect(reply.json.error.message).toContain('API_TOKEN');
    }
  });

  it('is whoever bears API_TOKEN when it is set', async () => {
    const API_TOKEN = 'api-token-of-the-tests-0001';
    const worker = await readyWorker({ API_TOKEN });
    const none = await chat(worker, says(1));
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect((await chat(worker, says(1), { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await chat(worker, says(1), { authorization: `Bearer ${API_TOKEN}` })).status).toBe(200);
  });
});

describe('limits', () => {
  it('tell who comes when all slots are taken to come back', async () => {
    const worker = await readyWorker({ WORKER_MAX_CONCURRENCY: '2' });
    const slow = [chat(worker, says(150)), chat(worker, says(150))];
    await eventually(async () => (await active(worker)) === 2);
    const { status, json, headers } = await chat(worker, says(1));
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('1');
    expect(json.error).toMatchObject({ type: 'backend_unavailable', code: 'worker_busy', retryable: true });
    expect((await Promise.all(slow)).map((reply) => reply.status)).toEqual([200, 200]);
    await eventually(async () => (await chat(worker, says(1))).status === 200);
  });

  it('cut off what takes too long, in a stream or not, and interrupt its turn', async () => {
    const worker = await readyWorker({ WORKER_REQUEST_TIMEOUT_MS: '300' });
    const whole = await chat(worker, says(1000));
    expect(whole.status).toBe(504);
    expect(whole.json.error).toMatchObject({ code: 'worker_request_timeout', retryable: true });
    const events = eventsOf((await chat(worker, says(1000, { stream: true }))).text);
    expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({ error: { code: 'worker_request_timeout' } });
    expect(events).not.toContain('[DONE]');
    await eventually(() => worker.process.lines.filter((line) => line.includes('interrupted')).length >= 2);
    await eventually(async () => (await active(worker)) === 0);
  });

  it('are told by a child that says it is overloaded', async () => {
    const worker = await readyWorker({}, 'overloaded');
    const { status, json } = await chat(worker, says(1));
    expect(status).toBe(429);
    expect(json.error).toMatchObject({ code: 'worker_busy', retryable: true });
  });
});

describe('a client that leaves', () => {
  it('has its turn interrupted and its slot freed', async () => {
    const worker = await readyWorker();
    const { port } = new URL(worker.url);
    const body = JSON.stringify(says(1000, { stream: true }));
    const client = request({
      port,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json' },
    });
    client.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      client.on('response', (response) => response.once('data', () => resolve()));
      client.end(body);
    });
    expect(await active(worker)).toBe(1);
    client.destroy();
    await worker.process.waitForLine(/interrupted thread-/);
    await eventually(async () => (await active(worker)) === 0);
  });

  it('and never reads costs a bounded buffer, not the others their answers', async () => {
    const worker = await readyWorker({ WORKER_REQUEST_TIMEOUT_MS: '1500' });
    const { port } = new URL(worker.url);
    const client = request({
      port,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json' },
    });
    client.on('error', () => undefined);
    client.on('response', (response) => response.pause());
    client.end(JSON.stringify(says(100_000, { stream: true })));
    await eventually(async () => (await active(worker)) === 1);
    expect((await chat(worker, says(3))).status).toBe(200);
    await eventually(async () => (await active(worker)) === 0, { timeoutMs: 5000 });
    client.destroy();
  });
});

describe('a child that dies under load', () => {
  it('gives every request under way a retriable error, in a stream as its last event', async () => {
    const worker = await readyWorker({ WORKER_MAX_CONCURRENCY: '8' });
    const whole = [1, 2, 3].map(() => chat(worker, says(1000)));
    const streams = [1, 2, 3].map(() => chat(worker, says(1000, { stream: true })));
    await eventually(async () => (await active(worker)) === 6);
    process.kill(await pidOf(worker), 'SIGKILL');
    for (const { status, json, headers } of await Promise.all(whole)) {
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('1');
      expect(json.error).toMatchObject({
        type: 'backend_unavailable',
        code: 'worker_exited',
        retryable: true,
      });
    }
    for (const { text } of await Promise.all(streams)) {
      const events = eventsOf(text);
      expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({
        error: { code: 'worker_exited', retryable: true },
      });
      expect(events.filter((event) => event.includes('"error"'))).toHaveLength(1);
      expect(events).not.toContain('[DONE]');
    }
    const refused = await chat(worker, says(1));
    if (refused.status !== 200) {
      expect(refused.status).toBe(503);
      expect(refused.json.error).toMatchObject({ code: 'worker_not_ready', retryable: true });
    }
    await ready(worker);
    expect((await chat(worker, says(1))).status).toBe(200);
    // What the dead child could not delete any more, its successor does.
    await eventually(
      () => worker.process.lines.filter((line) => line.includes('deleted thread-')).length >= 6,
    );
  });
});

describe('SIGTERM', () => {
  it('lets requests finish, refuses new ones, and ends the child last', async () => {
    const worker = await readyWorker({ DRAIN_DELAY_MS: '500', WORKER_SHUTDOWN_GRACE_MS: '30000' });
    // Long enough for all that is asked meanwhile, on a busy machine too, and within the grace.
    const underWay = [chat(worker, says(150)), chat(worker, says(150, { stream: true }))];
    await eventually(async () => (await active(worker)) === 2);
    worker.process.signal('SIGTERM');
    const red = await worker.until('/readyz', ({ status }) => status === 503);
    expect(red.json.checks['app-server'].code).toBe('app_server.shutdown_initiated');
    const refused = await chat(worker, says(1));
    expect(refused.status).toBe(503);
    expect(refused.json.error).toMatchObject({ code: 'worker_not_ready', retryable: true });
    expect((await worker.get('/livez')).status).toBe(200);
    const [whole, stream] = await Promise.all(underWay);
    expect(whole?.status).toBe(200);
    expect(eventsOf(stream?.text ?? '').at(-1)).toBe('[DONE]');
    expect(await worker.process.exited).toMatchObject({ code: 0 });
  });

  it('tells requests that do not finish within the grace to come back', async () => {
    const worker = await readyWorker({ WORKER_SHUTDOWN_GRACE_MS: '300' });
    const underWay = [chat(worker, says(1000)), chat(worker, says(1000, { stream: true }))];
    await eventually(async () => (await active(worker)) === 2);
    worker.process.signal('SIGTERM');
    const [whole, stream] = await Promise.all(underWay);
    expect(whole?.status).toBe(503);
    expect(whole?.json.error).toMatchObject({ code: 'worker_not_ready', retryable: true });
    expect(JSON.parse(eventsOf(stream?.text ?? '').at(-1) ?? '')).toMatchObject({
      error: { retryable: true },
    });
    expect(await worker.process.exited).toMatchObject({ code: 0 });
  });
});

describe('the log', () => {
  it('says nothing of a request unless it is asked to', async () => {
    const secretly = await readyWorker();
    const openly = await readyWorker({ APP_SERVER_LOG_REQUESTS: 'true' });
    const body = { messages: [{ role: 'user', content: 'my-very-own-question' }] };
    await Promise.all([chat(secretly, body), chat(openly, body)]);
    await openly.process.waitForLine('my-very-own-question');
    expect(secretly.process.lines.join('\n')).not.toMatch(/my-very-own-question|w0 w1/);
  });
});
