import { createRequire } from 'node:module';
import * as six from 'bullmq';
import * as five from 'bullmq5';
import { Redis as Redis6 } from 'ioredis';
import {
  instrumentWorker,
  type InstrumentedWorker,
  type InstrumentOptions,
  type WorkerLike,
} from '@probity/worker';
import { heartbeatKey } from '@probity/worker/wire';
import { readHeartbeat, type Heartbeat } from '../../../src/modules/heartbeat/heartbeat.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';

/** ioredis 5, which BullMQ 5 brings along. */
const ioredis5 = createRequire(createRequire(import.meta.url).resolve('bullmq5'))('ioredis') as {
  Redis: typeof Redis6;
  Cluster: typeof Redis6.Cluster;
};

export const VERSIONS = ['5', '6'] as const;
export type Version = (typeof VERSIONS)[number];

export const ioredis = {
  '5': ioredis5,
  '6': { Redis: Redis6, Cluster: Redis6.Cluster },
};

/** What both know of a job, for processors. */
export interface AnyJob {
  readonly id?: string | undefined;
  readonly name: string;
}

export type AnyProcessor = (job: AnyJob) => Promise<unknown>;

/** What the tests use of workers and queues of either version. */
export type AnyWorker = WorkerLike & { pause(): Promise<void>; run(): Promise<void> };
export type AnyQueue = Pick<six.Queue, 'add' | 'pause' | 'resume' | 'close'> & {
  setGlobalConcurrency(concurrency: number): Promise<unknown>;
};

interface Options {
  readonly connection: unknown;
  readonly prefix?: string;
  readonly concurrency?: number;
  readonly autorun?: boolean;
  readonly limiter?: { readonly max: number; readonly duration: number };
}

let sequence = 0;
/** Each test has a queue of its own. */
export const newQueue = () => `q${++sequence}`;

export function anyWorker(
  version: Version,
  name: string,
  process: AnyProcessor,
  options: Options,
): AnyWorker {
  const all = { skipVersionCheck: true, drainDelay: 1, ...options } as six.WorkerOptions;
  const worker =
    version === '6'
      ? new six.Worker(name, process, all)
      : new five.Worker(name, process, all as unknown as five.WorkerOptions);
  worker.on('error', () => undefined);
  atEnd(() => worker.close(true));
  return worker;
}

/** One that says that it runs, and takes nothing. */
export function wedgedWorker(version: Version, name: string, options: Options): AnyWorker {
  const worker = anyWorker(version, name, async () => undefined, { ...options, autorun: false });
  return Object.assign(worker, { isRunning: () => true });
}

export function anyQueue(
  version: Version,
  name: string,
  options: Pick<Options, 'connection' | 'prefix'>,
): AnyQueue {
  const all = { skipVersionCheck: true, ...options } as six.QueueOptions;
  const queue =
    version === '6' ? new six.Queue(name, all) : new five.Queue(name, all as unknown as five.QueueOptions);
  queue.on('error', () => undefined);
  atEnd(() => queue.close());
  return queue as unknown as AnyQueue;
}

/** With an interval that tests can wait for; stopped with its test. */
export function instrumented(worker: WorkerLike, options: InstrumentOptions = {}): InstrumentedWorker {
  const made = instrumentWorker(worker, { workerId: 'worker-1', intervalMs: 100, ...options });
  atEnd(() => made.stop());
  return made;
}

/** As much as is asked of Redis here, of either version and of a Cluster. */
export interface Reader {
  get(key: string): Promise<string | null>;
}

/** What the watcher makes of the last heartbeat; undefined when there is none. */
export async function lastHeartbeat(
  redis: Reader,
  queue: string,
  prefix = 'bull',
): Promise<Heartbeat | undefined> {
  const text = await redis.get(heartbeatKey({ prefix, queue }, 'worker-1'));
  return text === null ? undefined : (readHeartbeat(text) ?? undefined);
}

export async function heartbeatWith(
  redis: Reader,
  queue: string,
  when: (heartbeat: Heartbeat) => boolean,
  { prefix = 'bull', timeoutMs = 5000 } = {},
): Promise<Heartbeat> {
  return await eventually(
    async () => {
      const found = await lastHeartbeat(redis, queue, prefix);
      if (found === undefined) throw new Error('there is no heartbeat');
      if (!when(found)) throw new Error(JSON.stringify(found));
      return found;
    },
    { timeoutMs, what: 'such a heartbeat' },
  );
}
