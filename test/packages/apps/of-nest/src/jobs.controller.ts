import { InjectQueue } from '@nestjs/bullmq';
import { Controller, Get, NotFoundException, Param, Post } from '@nestjs/common';
import type { Queue } from 'bullmq';

@Controller('jobs')
export class JobsController {
  constructor(
    @InjectQueue('mail') private readonly mail: Queue,
    @InjectQueue('images') private readonly images: Queue,
  ) {}

  @Post(':queue')
  async add(@Param('queue') name: string) {
    const job = await this.named(name).add('work', { at: Date.now() });
    return { id: job.id };
  }

  @Get(':queue/:id')
  async state(@Param('queue') name: string, @Param('id') id: string) {
    return { state: await this.named(name).getJobState(id) };
  }

  private named(name: string): Queue {
    const queue = [this.mail, this.images].find((each) => each.name === name);
    if (queue === undefined) throw new NotFoundException();
    return queue;
  }
}
