import { whyUnusable, type QueueOptions } from '../../queue/index.js';
import { QueueUnavailableError, type JobState, type QueueDriver } from '../queue-driver.js';

/** In the place of a queue whose settings cannot be used: it takes nothing, runs nothing, and connects to nothing. */
export class UnusableDriver implements QueueDriver {
  readonly kind = 'unusable';
  private readonly why: string;

  constructor({ problems }: Pick<QueueOptions, 'problems'>) {
    this.why = whyUnusable(problems);
  }

  add(): Promise<void> {
    return this.refuse();
  }

  states(): Promise<ReadonlyMap<string, JobState>> {
    return this.refuse();
  }

  private refuse(): Promise<never> {
    return Promise.reject(new QueueUnavailableError('queue.not_configured', this.why));
  }
}
