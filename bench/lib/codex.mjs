// The real codex, pointed at a provider of the bench's own: below an app-server worker, and spoken to directly.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import { installedCodex } from '../../build/devkit/index.js';

const { JsonRpcClient } = await import('../../build/modules/app-server/rpc/json-rpc.client.js');

export const MODEL = 'bench-model';
const CALL_MS = 30_000;

/** Path of the program, undefined when it is not installed. */
export const codex = installedCodex();

const KEY = { BENCH_PROVIDER_KEY: 'bench-provider-key-0001' };

const providerOf = (url) =>
  `model_providers.local={name="local",base_url="${url}/v1",wire_api="responses",env_key="BENCH_PROVIDER_KEY"}`;

/** Settings of a worker that supervises codex. */
export function codexSettings(providerUrl) {
  return {
    ...KEY,
    APP_SERVER_COMMAND: `'${codex}' app-server -c '${providerOf(providerUrl)}'`,
    APP_SERVER_PROVIDER: 'local',
    APP_SERVER_MODEL: MODEL,
  };
}

/** A folder for CODEX_HOME and the answer that removes it. */
export function codexHome() {
  const dir = mkdtempSync(join(tmpdir(), 'probity-bench-codex-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A codex without a supervisor, and the least that has to be said to it: `{ complete, stop }`. */
export async function directCodex(providerUrl) {
  const home = codexHome();
  const options = [providerOf(providerUrl), 'model_provider="local"', `model="${MODEL}"`];
  const args = ['app-server', ...options.flatMap((option) => ['-c', option])];
  const env = { PATH: process.env.PATH, HOME: home.dir, CODEX_HOME: home.dir, NO_COLOR: '1', ...KEY };
  const child = spawn(codex, args, { cwd: home.dir, env, stdio: ['pipe', 'pipe', 'ignore'] });
  let hear = () => undefined;
  const rpc = new JsonRpcClient(
    { write: (line) => ({ accepted: child.stdin.write(line) || true }) },
    {
      notification: (method, params) => hear(method, params),
      request: () => ({ decision: 'denied' }),
      oddity: () => undefined,
    },
  );
  child.stdout.on('data', (chunk) => rpc.push(chunk));
  child.stdin.on('error', () => undefined);
  const ended = new Promise((resolve) => child.once('close', resolve));
  await rpc.call('initialize', { clientInfo: { name: 'bench', title: 'bench', version: '1.0.0' } }, CALL_MS);
  rpc.notify('initialized');
  return {
    /** One turn on a thread of its own; `token` hears each piece of text. */
    async complete(text, token) {
      const place = { model: MODEL, cwd: home.dir, sandbox: 'read-only', approvalPolicy: 'never' };
      const { thread } = await rpc.call('thread/start', place, CALL_MS);
      const done = new Promise((resolve) => {
        hear = (method, params) => {
          if (params?.threadId !== thread.id) return;
          if (method === 'item/agentMessage/delta') token(params.delta);
          if (method === 'turn/completed') resolve(params.turn.status);
        };
      });
      const input = [{ type: 'text', text, text_elements: [] }];
      await rpc.call('turn/start', { threadId: thread.id, input }, CALL_MS);
      const status = await done;
      if (status !== 'completed') throw new Error(`the turn ended as ${status}`);
      await rpc.call('thread/delete', { threadId: thread.id }, CALL_MS);
    },
    async stop() {
      rpc.close('the bench has ended');
      child.kill('SIGKILL');
      await ended;
      home.remove();
    },
  };
}

/** The same turn through the gateway of a worker. */
export async function completeThroughGateway(url, token, text, hear) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: MODEL, stream: true, messages: [{ role: 'user', content: text }] }),
  });
  if (response.status !== 200)
    throw new Error(`the gateway answered ${response.status}: ${await response.text()}`);
  let last = '';
  for await (const data of serverSentEvents(response.body)) {
    last = data;
    const delta = data === '[DONE]' ? undefined : JSON.parse(data).choices?.[0]?.delta?.content;
    if (delta) hear(delta);
  }
  if (last !== '[DONE]') throw new Error(`the stream ended with ${last}`);
}

async function* serverSentEvents(body) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const events = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = events.pop();
    for (const event of events) if (event.startsWith('data: ')) yield event.slice('data: '.length);
  }
}
