import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FlowProducer } from 'bullmq';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import type { TestProcess } from '../../fixtures/process.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startHeartbeats, startWorker, type Watcher } from './heartbeat-fixture.js';

let redis: RedisServer;
let watcher: Watcher;
const workers: TestProcess[] = [];

beforeEach(async () => {
  redis = await RedisServer.start();
  watcher = await startHeartbeats({
    REDIS_URL: redis.url,
    WORKER_HEARTBEAT_INTERVAL_MS: '300',
    WORKER_HEARTBEAT_TIMEOUT_MS: '2000',
    QUEUE_WEDGED_AFTER_MS: '1500',
    JOB_STUCK_AFTER_MS: '1500',
    CANARY_INTERVAL_MS: '86400000',
  });
});

afterEach(async () => {
  await Promise.all(workers.splice(0).map((each) => each.kill()));
  await watcher.close();
  await redis.kill();
});

async function worker(env: Record<string, string> = {}): Promise<TestProcess> {
  const started = await startWorker(redis, env);
  workers.push(started);
  return started;
}

/** For a worker that has stopped fetching: a fetch that was under way still takes one job. */
async function addUntilOneWaits(child: TestProcess): Promise<void> {
  const queue = queueOf(redis);
  await queue.add('quick', {});
  await eventually(
    () =>
      child.lines.some((line) => line.startsWith('processor saw quick')) ||
      watcher.check().code === 'worker.wedged',
    { timeoutMs: 8000, what: 'the first job taken, or waiting' },
  );
  await queue.add('quick', {});
}

describe('a worker that comes and goes', () => {
  it('was not started before the first one, and is healthy with an empty queue after', async () => {
    const before = await watcher.code('worker.not_started');
    expect(before.message).toBe('Execution worker has not been started. Queue processing is offline.');
    expect(watcher.report().worker).toMatchObject({ started: false, latestHeartbeatAgeMs: null });
    await worker();
    const after = await watcher.code('worker.healthy');
    expect(after.message).toBe('Execution worker heartbeat is healthy and queue is drained.');
    expect(watcher.report().worker).toMatchObject({ started: true, id: 'worker-1', queue: 'execution' });
  });

  it('is lost within two seconds of kill -9', async () => {
    const child = await worker();
    await watcher.code('worker.healthy');
    await child.kill();
    const lost = await watcher.code('worker.lost', 2000);
    expect(lost.message).toContain('worker-1');
    expect(watcher.report().workers).toMatchObject([{ id: 'worker-1', state: 'lost' }]);
  });

  it('goes on, whatever becomes of a heartbeat, and of telling of that', async () => {
    const child = await worker({ ON_ERROR: 'throws', BREAKS: 'once' });
    await child.waitForLine('told of as it was told');
    await watcher.code('worker.healthy');
    await redis.kill();
    await child.waitForLine(/told of (?!as it)/);
    await redis.restart();
    await watcher.code('worker.healthy', 20_000);
    expect(child.hasExited()).toBe(false);
  });

  it('says goodbye when it is closed', async () => {
    const child = await worker();
    await watcher.code('worker.healthy');
    expect(await child.stop()).toMatchObject({ code: 0 });
    await watcher.code('worker.stopped', 2000);
  });

  it('is silent when it is frozen, and healthy again when it thaws', async () => {
    const child = await worker();
    await watcher.code('worker.healthy');
    child.signal('SIGSTOP');
    await watcher.code('worker.silent', 4000);
    child.signal('SIGCONT');
    await watcher.code('worker.healthy', 2000);
  });

  it('is only a warning while another works, and none once its id returns', async () => {
    const child = await worker();
    await worker({ WORKER_ID: 'worker-2' });
    await eventually(() => watcher.report().workers.length === 2);
    await child.kill();
    await watcher.code('worker.some_lost', 2000);
    await worker();
    await watcher.code('worker.healthy');
  });
});

describe('a worker that lives and does not work', () => {
  it('is wedged when its fetch loop hangs while a job waits, and not before one waits', async () => {
    const child = await worker();
    await watcher.code('worker.healthy');
    child.signal('SIGHUP');
    await child.waitForLine('wedged');
    expect(watcher.check().code).toBe('worker.healthy');
    await addUntilOneWaits(child);
    const wedged = await watcher.code('worker.wedged', 8000);
    expect(wedged.message).toMatch(/[12] jobs? waiting/);
  });

  it('is paused when somebody paused it', async () => {
    const child = await worker();
    await watcher.code('worker.healthy');
    child.signal('SIGUSR2');
    await watcher.code('worker.paused', 2000);
  });

  it('holds a stuck job, and a restart helps only once', async () => {
    const child = await worker({ CONCURRENCY: '1' });
    await queueOf(redis).add('hangs', {});
    const stuck = await watcher.code('worker.job_stuck', 6000);
    expect(stuck.details).toMatchObject({ freeSlots: 0, stuckJobs: [{ workerId: 'worker-1', attempt: 1 }] });
    await child.kill();
    await watcher.code('worker.lost', 2000);
  });

  it('may hold a job for as long as the job itself says', async () => {
    await worker({ CONCURRENCY: '5' });
    const queue = queueOf(redis);
    const add = (jobId: string, patience?: unknown) => queue.add('hangs', { patience }, { jobId });
    await add('endless', 'endless');
    await add('long', 600_000);
    await add('short', 100);
    const first = await watcher.code('worker.job_stuck', 6000);
    expect(first.details).toMatchObject({ stuckJobs: [{ jobId: 'short' }] });
    // Those that say nothing, or cannot, are judged as any job is.
    await add('usual');
    await add('broken', 'broken');
    const stuck = () =>
      (watcher.check().details['stuckJobs'] as { jobId: string }[]).map(({ jobId }) => jobId);
    await eventually(() => stuck().length === 3, { timeoutMs: 6000, what: 'three stuck jobs' });
    expect(stuck().toSorted()).toEqual(['broken', 'short', 'usual']);
  });

  it('blocks its loop with a job that spins, and its locks run out', async () => {
    await worker({ LOCK_MS: '2000', STALLED_MS: '1000', TIMEOUT_MS: '20000', INTERVAL_MS: '500' });
    await watcher.code('worker.healthy');
    await queueOf(redis).add('spins', { ms: 6000 });
    const blocked = await watcher.code('worker.loop_blocked', 6000);
    expect(blocked.status).toBe('warn');
    await watcher.code('worker.healthy', 8000);
  });
});

describe('a queue', () => {
  it('is paused, and a paused queue is no failure', async () => {
    await worker();
    await watcher.code('worker.healthy');
    const queue = queueOf(redis);
    await queue.pause();
    await queue.add('quick', {});
    const paused = await watcher.code('queue.paused', 4000);
    expect(paused.status).toBe('warn');
    expect(watcher.report().queueDepths['execution']).toMatchObject({ paused: true });
    await queue.resume();
    await watcher.code('worker.healthy', 4000);
  });

  it('cannot be seen while Redis is away, and is seen again within five seconds of its return', async () => {
    await worker();
    await watcher.code('worker.healthy');
    await redis.kill();
    await watcher.code('worker.unknown', 2000);
    expect(watcher.report().worker).toMatchObject({ started: true, id: 'worker-1' });
    await redis.restart();
    await watcher.code('worker.healthy', 5000);
  });

  it('cannot be seen while Redis hangs', async () => {
    await worker();
    await watcher.code('worker.healthy');
    redis.pause();
    await watcher.code('worker.unknown', 2500);
    redis.resume();
    await watcher.code('worker.healthy', 5000);
  });

  it('never says that no worker was started after its data was lost', async () => {
    const child = await worker();
    await watcher.code('worker.healthy');
    await redis.client().flushall();
    await eventually(() => watcher.check().code === 'worker.healthy');
    await child.kill();
    await redis.client().flushall();
    await watcher.beneathLoss('worker.lost', 3000);
  });
});

describe('workers that send no heartbeats', () => {
  const bare = async () => {
    const child = await worker({ BARE: 'true' });
    await watcher.code('worker.observed');
    return child;
  };

  it("are seen by BullMQ's own traces, and pass while nothing is overdue", async () => {
    await bare();
    await queueOf(redis).add('quick', {});
    const seen = await watcher.moved(10_000);
    expect(seen).toMatchObject({
      code: 'worker.observed',
      status: 'pass',
      details: { connectedWorkers: 1, by: expect.arrayContaining(['connections', 'moves']) },
    });
    const { worker: last, workers: rows } = watcher.report();
    expect(last).toMatchObject({ started: true, id: null, queue: 'execution' });
    expect(Date.parse(last.latestHeartbeatAt ?? '')).toBe(Date.parse(String(seen.details['lastTraceAt'])));
    expect(last.latestHeartbeatAgeMs).toBeLessThan(5000);
    expect(rows).toEqual([]);
  });

  it('are lost within seconds of kill -9', async () => {
    const child = await bare();
    await child.kill();
    const lost = await watcher.code('worker.lost', 9000);
    expect(lost.message).toContain('Whether they were stopped or killed cannot be told');
    expect(watcher.report().worker).toMatchObject({ started: true, id: null });
    await bare();
  });

  it.each([
    ['paused', 'SIGUSR2'],
    ['wedged', 'SIGHUP'],
  ] as const)('are said to be wedged when they are %s and jobs wait', async (state, signal) => {
    const child = await bare();
    child.signal(signal);
    await child.waitForLine(state);
    await addUntilOneWaits(child);
    const wedged = await watcher.code('worker.wedged', 10_000);
    expect(wedged.message).toContain('cannot be told without heartbeats');
  });

  it('show by the jobs that move where the list of connections is withheld', async () => {
    await redis.client().call('ACL', 'SETUSER', 'default', '-client|list');
    await worker({ BARE: 'true' });
    await queueOf(redis).add('quick', {});
    const seen = await watcher.code('worker.observed', 15_000);
    expect(seen.details).toMatchObject({ connectedWorkers: null });
    expect(seen.message).toContain('connections not seen');
  });
});

describe('jobs of workers that send no heartbeats', () => {
  it('are said to fail by those that are kept, or by events, until some succeed', async () => {
    await worker({ BARE: 'true' });
    const queue = queueOf(redis);
    for (let count = 0; count < 6; count += 1) await queue.add('fails', {});
    const failing = await watcher.code('jobs.failing', 9000, 'jobs');
    expect(failing.message).toMatch(
      /^The last 6 jobs of queue execution have all failed.*BullMQ's events\.$/,
    );
    for (let count = 0; count < 3; count += 1) await queue.add('quick', {});
    await watcher.code('jobs.finishing', 9000, 'jobs');
    expect(await queue.getCompletedCount()).toBe(3);
  });
});

describe('jobs', () => {
  it('that all fail are a failure of the jobs, not of the heartbeat', async () => {
    await worker();
    const queue = queueOf(redis);
    for (let count = 0; count < 6; count += 1) await queue.add('fails', {});
    await watcher.code('jobs.failing', 6000, 'jobs');
    expect(watcher.check().code).toBe('worker.healthy');
    await queue.add('quick', {});
    await eventually(() => watcher.check('jobs').status !== 'fail');
  });

  it('whose child failed for good are a warning', async () => {
    await worker();
    const flow = new FlowProducer({ connection: { host: redis.host, port: redis.port } });
    atEnd(() => flow.close());
    await flow.add({
      name: 'quick',
      queueName: 'execution',
      children: [{ name: 'fails', queueName: 'execution' }],
    });
    const waits = await watcher.code('jobs.parent_waiting', 10_000, 'jobs');
    expect(waits.status).toBe('warn');
  });
});
