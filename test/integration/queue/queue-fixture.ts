import { Processor } from '@nestjs/bullmq';
import type { Type } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import { parseSettings } from '../../../src/modules/config/index.js';
import { DatabaseModule } from '../../../src/modules/database/index.js';
import { Board, type CheckRecord, Lifecycle } from '../../../src/modules/health/index.js';
import { QueueModule } from '../../../src/modules/queue/index.js';
import {
  WorkModule,
  QueueWorkerHost,
  workerOptions,
  WorkerParts,
  type TakenJob,
  type LeavingWorker,
  type QueueConsumer,
} from '../../../src/modules/work/index.js';
import { databaseOptions, queueOptions } from '../../../src/options/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { smallProcess } from '../../fixtures/small-process.js';

/** A process in small: settings, metrics, health and the queue, closed when the test file has ended. */
export async function startQueue(
  environment: Record<string, string>,
  workers: Type[] = [],
): Promise<TestingModule> {
  const module = await smallProcess(
    environment,
    (configuration) => [
      DatabaseModule.forRoot(databaseOptions(configuration)),
      QueueModule.forRoot(queueOptions(configuration)),
      WorkModule.forRoot(queueOptions(configuration)),
    ],
    workers,
  );
  await module.init();
  atEnd(() => module.close());
  return module;
}

/** A worker of BullMQ as that of the service is made, in a process in small of its own. */
export async function startWorker(
  environment: Record<string, string>,
  queue: string,
  handler: (job: TakenJob) => Promise<void>,
  {
    concurrency = 1,
    watch,
  }: { readonly concurrency?: number; readonly watch?: (worker: LeavingWorker) => void } = {},
): Promise<QueueConsumer> {
  const options = queueOptions(parseSettings({ NODE_ENV: 'test', ...environment }));
  @Processor(queue, workerOptions(options, { name: 'test', concurrency }))
  class TestWorker extends QueueWorkerHost {
    constructor(parts: WorkerParts) {
      super(parts);
    }

    protected override handle(job: TakenJob) {
      return handler(job);
    }

    override onApplicationBootstrap() {
      watch?.(this.worker);
      super.onApplicationBootstrap();
    }
  }
  const module = await startQueue(environment, [TestWorker]);
  return { close: (graceMs) => module.get(Lifecycle).drain(graceMs) };
}

/** What the board says of the queue. */
export function queueRecord(module: TestingModule): CheckRecord {
  const record = module
    .get(Board)
    .snapshot()
    .checks.find((check) => check.key === 'queue');
  if (record === undefined) throw new Error('the board has no check named queue');
  return record;
}

/** Waits until the queue check says `code`; the deadline is how long it may take. */
export async function untilCode(
  module: TestingModule,
  code: string,
  timeoutMs = SOON_MS,
): Promise<CheckRecord> {
  return await eventually(
    () => {
      const record = queueRecord(module);
      if (record.code !== code) throw new Error(`it says ${record.code}: ${record.message}`);
      return record;
    },
    { timeoutMs, intervalMs: 10, what: `${code} of the queue check` },
  );
}

/** A cadence, a deadline, and the time of a busy machine; how soon a fault is seen is a matter of test/faults. */
export const SOON_MS = 10_000;

/** A Redis of its own, and a queue on it that is well. */
export async function healthyQueue(args: readonly string[] = [], environment: Record<string, string> = {}) {
  const redis = await RedisServer.start(args);
  const module = await startQueue({ REDIS_URL: redis.url, ...environment });
  await untilCode(module, 'redis.healthy');
  return { redis, module };
}
