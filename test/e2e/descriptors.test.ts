import { expect, it } from '@jest/globals';
import { chat, fakeWorker, ready } from '../fixtures/app-server.js';
import { atEnd } from '../fixtures/cleanup.js';
import { holdIdle } from '../fixtures/idle-connections.js';

const STREAMS = 32;

it('an app-server worker of 256 descriptors has some left for its child, beside all who came', async () => {
  const shell = 'ulimit -n 256; exec "$@"';
  const worker = await fakeWorker('well', { WORKER_MAX_CONCURRENCY: String(STREAMS) }, shell);
  await ready(worker);
  const endless = JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'say 1000000' }] });
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, () =>
      fetch(`${worker.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: endless,
      }),
    ),
  );
  expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
  const texts = Promise.all(streams.map((stream) => stream.text()));
  const letGo = holdIdle(worker.url, 400);
  atEnd(letGo);
  const isCrowded = ({ json }: { json: { checks: Record<string, { code: string }> } }) =>
    json.checks['descriptors']?.code === 'process.descriptors';
  const { json } = await worker.until('/healthz?verbose', isCrowded);
  expect(json.checks.descriptors.message).toContain('of at most 128 connections');

  // A new life of the child takes a handful of descriptors, and so does finding out whether it can be begun.
  process.kill(json.worker_supervisor.pid as number, 'SIGKILL');
  for (const text of await texts) expect(text).toContain('worker_exited');
  await worker.until('/healthz', (reply) => reply.json.worker_supervisor.restarts_total > 0);
  await ready(worker);
  expect((await chat(worker, { messages: [{ role: 'user', content: 'say 3' }] })).status).toBe(200);
  letGo();
  await worker.until('/healthz', (reply) => !isCrowded(reply), { timeoutMs: 30_000 });
  expect(worker.process.hasExited()).toBe(false);
});
