import { expect } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { Queue } from 'bullmq';
import { DatabaseModule } from '../../../src/modules/database/index.js';
import { Board, type CheckRecord, type WorkerReport } from '../../../src/modules/health/index.js';
import { HeartbeatModule, type HeartbeatOptions } from '../../../src/modules/heartbeat/index.js';
import { QueueModule } from '../../../src/modules/queue/index.js';
import { databaseOptions, heartbeatOptions, queueOptions } from '../../../src/options/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestProcess } from '../../fixtures/process.js';
import type { RedisServer } from '../../fixtures/redis.js';
import { smallProcess } from '../../fixtures/small-process.js';

/** The part of a process that this module makes, with what it stands on; closed when the test file has ended. */
export async function startHeartbeats(
  environment: Record<string, string>,
  parts: Pick<HeartbeatOptions, 'watch' | 'publish'> = { watch: true, publish: false },
): Promise<Watcher> {
  const module = await smallProcess(environment, (configuration) => [
    DatabaseModule.forRoot(databaseOptions(configuration)),
    QueueModule.forRoot(queueOptions(configuration)),
    HeartbeatModule.forRoot(heartbeatOptions(configuration, parts)),
  ]);
  await module.init();
  const watcher = new Watcher(module);
  atEnd(() => watcher.close());
  return watcher;
}

/** Reads the board of such a process. */
export class Watcher {
  private closed = false;

  constructor(readonly module: TestingModule) {}

  check(key = 'worker'): CheckRecord {
    const found = this.module
      .get(Board)
      .snapshot()
      .checks.find((each) => each.key === key);
    if (found === undefined) throw new Error(`no check named ${key}`);
    return found;
  }

  report(): WorkerReport {
    return this.check().report as WorkerReport;
  }

  async code(code: string, timeoutMs = 10_000, key = 'worker'): Promise<CheckRecord> {
    return await eventually(
      () => {
        const check = this.check(key);
        if (check.code !== code) throw new Error(`${check.code}: ${check.message}`);
        return check;
      },
      { timeoutMs, what: code },
    );
  }

  /** What is said once a job of workers that send no heartbeats was seen to move. */
  async moved(timeoutMs: number): Promise<CheckRecord> {
    return await eventually(
      () => {
        const check = this.check();
        expect(check.message).toContain('1 connected, jobs last moved');
        return check;
      },
      { timeoutMs, what: 'a job that moved' },
    );
  }

  /** The verdict on the workers, where a queue that lost its data is reported first and explains the rest. */
  async beneathLoss(code: string, timeoutMs = 10_000): Promise<CheckRecord> {
    return await eventually(
      () => {
        const check = this.check();
        const beneath = check.code === 'worker.queue_failing' ? check.details['otherwise'] : check.code;
        if (beneath !== code) throw new Error(`${check.code}: ${check.message}`);
        return check;
      },
      { timeoutMs, what: code },
    );
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.module.close();
  }
}

/** A Redis, or a way to one. */
export type Address = Pick<RedisServer, 'host' | 'port'>;

export async function startWorker(redis: Address, env: Record<string, string> = {}): Promise<TestProcess> {
  const child = await TestProcess.child('integration/heartbeat/worker.child.mjs', {
    env: { REDIS_PORT: String(redis.port), WORKER_ID: 'worker-1', ...env },
  });
  await child.waitForLine('ready');
  return child;
}

export function queueOf(redis: Address, name = 'execution'): Queue {
  const queue = new Queue(name, {
    connection: { host: redis.host, port: redis.port, maxRetriesPerRequest: 1 },
    skipVersionCheck: true,
  });
  queue.on('error', () => undefined);
  atEnd(() => queue.close());
  return queue;
}
