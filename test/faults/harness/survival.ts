import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { CLIENT } from '../../fixtures/platform.js';
import type { Probity } from '../../fixtures/probity.js';
import { Stack } from './stack.js';

export interface SurvivalOptions {
  /** How long things are killed, ms; afterwards everything that was accepted has to end. */
  readonly durationMs: number;
  /** Executions that are asked for each second. */
  readonly rate: number;
  /** Of the order in which things are killed. */
  readonly seed: number;
}

/** What came of it. */
export interface SurvivalReport extends SurvivalOptions {
  readonly asked: number;
  readonly accepted: number;
  readonly refused: number;
  readonly kills: Readonly<Record<Victim, number>>;
  readonly ended: Readonly<Record<string, number>>;
  /** Why executions failed, and how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** Accepted, and not ended in time. */
  readonly lost: readonly string[];
  /** Succeeded, and the effect was never seen. */
  readonly withoutEffect: readonly string[];
  /** Refused, and the effect was seen all the same. */
  readonly ranThoughRefused: readonly string[];
  readonly effects: number;
  /** Effects beyond the first of an execution: the price of "at least once". */
  readonly repeatedEffects: number;
  /** Executions whose steps are not recorded exactly once. */
  readonly recordedTwice: readonly string[];
  /** From the last kill to the end of the last execution, ms. */
  readonly settledMs: number;
}

const VICTIMS = ['worker', 'api', 'redis', 'redis, with all its data'] as const;
export type Victim = (typeof VICTIMS)[number];
/** Minutes where a machine has other things to do: what matters is that every one of them ends. */
const SETTLE_WITHIN_MS = 300_000;
const ENDED = ['succeeded', 'failed', 'cancelled'];

/** Kills worker, api and Redis at random under a load of executions, and counts what came of every one of them. */
export async function survive(options: SurvivalOptions): Promise<SurvivalReport> {
  const outside = await Effects.start();
  const stack = await Stack.start({
    settings: { HTTP_STEP_ALLOW_HOSTS: '127.0.0.1', WORKER_CONCURRENCY: '8' },
  });
  try {
    const until = performance.now() + options.durationMs;
    const load = produce(stack, outside, options.rate, until);
    const kills = await wreak(stack, options, until);
    const lastKillAt = performance.now();
    const { accepted, refused, asked } = await load;
    const executions = await settle(stack, [...accepted.keys()]);
    return {
      ...options,
      asked,
      accepted: accepted.size,
      refused: refused.length,
      kills,
      ...verdictOn(executions, accepted, refused, outside),
      settledMs: Math.round(performance.now() - lastKillAt),
    };
  } finally {
    await stack.stop();
  }
}

/** Where the steps leave their marks: one address for each execution. */
class Effects {
  readonly counts = new Map<string, number>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Effects> {
    const server = createServer((request, response) => {
      const name = request.url?.slice(1) ?? '';
      effects.counts.set(name, (effects.counts.get(name) ?? 0) + 1);
      response.end('{}');
    });
    const effects = new Effects(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => void server.close());
    return effects;
  }

  url(name: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${name}`;
  }
}

interface Load {
  readonly asked: number;
  /** Execution ids, each with the name of its effect. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Names of effects that must never be seen. */
  readonly refused: readonly string[];
}

async function produce(stack: Stack, outside: Effects, rate: number, until: number): Promise<Load> {
  const accepted = new Map<string, string>();
  const refused: string[] = [];
  const pending: Promise<void>[] = [];
  let asked = 0;
  while (performance.now() < until) {
    const name = `effect-${asked++}`;
    pending.push(
      ask(stack, outside.url(name), name).then((id) => {
        if (id === null) refused.push(name);
        else accepted.set(id, name);
      }),
    );
    await pause(1000 / rate);
  }
  await Promise.all(pending);
  return { asked, accepted, refused };
}

/**
 * Asks until there is an answer, with one and the same key: what was accepted before the connection broke is not
 * accepted twice. Answers the id, or null when it was refused. A refusal says nothing of an earlier request whose
 * answer was lost: after one of those it is asked on until it is accepted.
 */
async function ask(stack: Stack, url: string, name: string): Promise<string | null> {
  const steps = [
    { id: 'effect', kind: 'http', method: 'POST', url, retry: { maxAttempts: 10, backoffMs: 200 } },
    { id: 'pause', kind: 'delay', ms: 200 },
    { id: 'shape', kind: 'transform', expression: '"done"' },
  ];
  const workflow = await answered(
    () => stack.api.post('/api/workflows', { name, steps }, CLIENT),
    ({ status }) => status === 201,
  );
  const path = `/api/workflows/${String(workflow.json.id)}/executions`;
  const headers = { ...CLIENT, 'idempotency-key': name };
  let wanted = [202, 503];
  const post = () =>
    stack.api.post(path, { input: {} }, headers).catch((error: Error) => {
      const refused = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED';
      if (!refused) wanted = [202];
      throw error;
    });
  const reply = await answered(post, ({ status }) => wanted.includes(status));
  return reply.status === 202 ? (reply.json.id as string) : null;
}

type Reply = Awaited<ReturnType<Probity['post']>>;

async function answered(post: () => Promise<Reply>, isWanted: (reply: Reply) => boolean): Promise<Reply> {
  return await eventually(
    async () => {
      const reply = await post();
      return isWanted(reply) && reply;
    },
    { timeoutMs: 120_000, intervalMs: 300, what: 'an answer of the api' },
  );
}

async function wreak(stack: Stack, { durationMs, seed }: SurvivalOptions, until: number) {
  const kills: Record<Victim, number> = { worker: 0, api: 0, redis: 0, 'redis, with all its data': 0 };
  const random = randomFrom(seed);
  const emptyAt = until - durationMs / 2;
  while (performance.now() < until) {
    await pause(1500 + random() * 3000);
    const empty = performance.now() > emptyAt && kills['redis, with all its data'] === 0;
    const victim = empty ? 'redis, with all its data' : (VICTIMS[Math.floor(random() * 3)] ?? 'worker');
    kills[victim] += 1;
    await kill(stack, victim, random() * 1500);
  }
  return kills;
}

async function kill(stack: Stack, victim: Victim, forMs: number): Promise<void> {
  switch (victim) {
    case 'worker':
      await stack.consumer.kill();
      await pause(forMs);
      return stack.startWorker();
    case 'api':
      await stack.api.process.kill();
      await pause(forMs);
      return stack.startApi();
    case 'redis':
    case 'redis, with all its data':
      await stack.redis.kill();
      await pause(forMs);
      return stack.redis.restart({ empty: victim !== 'redis' });
  }
}

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Execution {
  readonly id: string;
  readonly status: string;
  readonly error: { readonly code?: string; readonly message?: string } | null;
  readonly steps: readonly { readonly id: string; readonly status: string }[];
}

async function settle(stack: Stack, ids: readonly string[]): Promise<ReadonlyMap<string, Execution>> {
  const executions = new Map<string, Execution>();
  const open = () => ids.filter((id) => !ENDED.includes(executions.get(id)?.status ?? ''));
  await eventually(
    async () => {
      for (const id of open()) {
        const reply = await stack.api.get(`/api/executions/${id}`, CLIENT);
        if (reply.status === 200) executions.set(id, reply.json as Execution);
      }
      return open().length === 0;
    },
    { timeoutMs: SETTLE_WITHIN_MS, intervalMs: 500, what: 'the end of every execution' },
  ).catch(() => undefined);
  return executions;
}

function verdictOn(
  executions: ReadonlyMap<string, Execution>,
  accepted: ReadonlyMap<string, string>,
  refused: readonly string[],
  { counts }: Effects,
) {
  const ended: Record<string, number> = {};
  const failures: Record<string, number> = {};
  const lost: string[] = [];
  const withoutEffect: string[] = [];
  const recordedTwice: string[] = [];
  for (const [id, effect] of accepted) {
    const execution = executions.get(id);
    const status = execution?.status ?? 'unknown';
    ended[status] = (ended[status] ?? 0) + 1;
    if (status === 'failed') {
      const why = JSON.stringify(execution?.error);
      failures[why] = (failures[why] ?? 0) + 1;
    }
    if (!ENDED.includes(status)) lost.push(`${id} (${status})`);
    if (status === 'succeeded' && !counts.has(effect)) withoutEffect.push(id);
    const done = execution?.steps.map((step) => `${step.id} ${step.status}`).join(', ');
    if (status === 'succeeded' && done !== 'effect succeeded, pause succeeded, shape succeeded')
      recordedTwice.push(`${id}: ${done ?? 'nothing'}`);
  }
  const effects = [...counts.values()].reduce((sum, each) => sum + each, 0);
  return {
    ended,
    failures,
    lost,
    withoutEffect,
    recordedTwice,
    ranThoughRefused: refused.filter((name) => counts.has(name)),
    effects,
    repeatedEffects: effects - counts.size,
  };
}
