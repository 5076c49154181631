import { Inject, Injectable } from '@nestjs/common';
import { QueueUnavailableError, type JobState, type QueueDriver } from '../queue-driver.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue.options.js';
import { whyUnusable } from '../unusable.policy.js';

/** In the place of a queue whose settings cannot be used: it takes nothing, runs nothing, and connects to nothing. */
@Injectable()
export class UnusableDriver implements QueueDriver {
  readonly kind = 'unusable';
  private readonly why: string;

  constructor(@Inject(QUEUE_OPTIONS) { problems }: QueueOptions) {
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
