import { Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';

@Processor('mail')
export class MailProcessor extends WorkerHost {
  async process(job: Job): Promise<string> {
    return `mail ${job.id} sent`;
  }
}

@Processor('images', { concurrency: 2 })
export class ImagesProcessor extends WorkerHost {
  async process(job: Job): Promise<string> {
    return `image ${job.id} scaled`;
  }
}
