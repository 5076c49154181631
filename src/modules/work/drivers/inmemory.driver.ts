import { withDeadline } from '../../kernel/index.js';
import { serializeJob } from '../new-job.policy.js';
import type { TakenJob, JobState, NewJob, QueueDriver } from '../queue-driver.js';

type JobHandler = (job: TakenJob) => Promise<void>;

/** Takes jobs from one queue and runs them. */
export interface QueueConsumer {
  /** Takes no new jobs, lets the active ones finish within the grace, then lets go. */
  close(graceMs: number): Promise<void>;
}

interface Entry {
  readonly job: { readonly id: string; readonly name: string; readonly json: string };
  state: Exclude<JobState, 'absent' | 'delayed'>;
}

/** One queue in the memory of this process. */
class Jobs {
  readonly entries = new Map<string, Entry>();
  readonly consumers = new Set<InMemoryConsumer>();

  wake(): void {
    for (const consumer of this.consumers) consumer.take();
  }

  next(): Entry | undefined {
    return [...this.entries.values()].find((entry) => entry.state === 'waiting');
  }
}

/** For isolated tests: no job outlives the process, and the `queue` check says so. */
export class InMemoryDriver implements QueueDriver {
  readonly kind = 'inmemory';
  private readonly queues = new Map<string, Jobs>();

  add(queue: string, job: NewJob, _deadlineMs: number): Promise<void> {
    return Promise.resolve().then(() => {
      const json = serializeJob(job);
      const jobs = this.jobs(queue);
      if (jobs.entries.has(job.id)) return;
      jobs.entries.set(job.id, { job: { id: job.id, name: job.name, json }, state: 'waiting' });
      jobs.wake();
    });
  }

  states(queue: string, jobIds: readonly string[]): Promise<ReadonlyMap<string, JobState>> {
    const { entries } = this.jobs(queue);
    return Promise.resolve(new Map(jobIds.map((id) => [id, entries.get(id)?.state ?? 'absent'])));
  }

  consume(queue: string, handler: JobHandler, options: { concurrency: number }): QueueConsumer {
    const jobs = this.jobs(queue);
    const consumer = new InMemoryConsumer(queue, jobs, handler, options.concurrency);
    jobs.consumers.add(consumer);
    setImmediate(() => consumer.take());
    return consumer;
  }

  private jobs(queue: string): Jobs {
    const jobs = this.queues.get(queue) ?? new Jobs();
    this.queues.set(queue, jobs);
    return jobs;
  }
}

class InMemoryConsumer implements QueueConsumer {
  private readonly stop = new AbortController();
  private readonly active = new Set<Promise<void>>();
  private closing = false;

  constructor(
    private readonly queue: string,
    private readonly jobs: Jobs,
    private readonly handler: JobHandler,
    private readonly concurrency: number,
  ) {}

  take(): void {
    while (!this.closing && this.active.size < this.concurrency) {
      const entry = this.jobs.next();
      if (entry === undefined) return;
      entry.state = 'active';
      const work = this.run(entry).finally(() => {
        this.active.delete(work);
        this.take();
      });
      this.active.add(work);
    }
  }

  async close(graceMs: number): Promise<void> {
    this.closing = true;
    this.jobs.consumers.delete(this);
    const finished = Promise.all(this.active);
    const inTime = await withDeadline(graceMs, () => finished);
    if (inTime.kind === 'timed-out') this.stop.abort(new Error('the worker stops'));
  }

  private async run(entry: Entry): Promise<void> {
    const { id, name, json } = entry.job;
    try {
      const data = JSON.parse(json) as Record<string, unknown>;
      await this.handler({ id, name, data, queue: this.queue, signal: this.stop.signal });
      entry.state = 'completed';
    } catch {
      entry.state = 'failed';
    }
  }
}
