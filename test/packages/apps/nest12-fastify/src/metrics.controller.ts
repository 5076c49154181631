import { Controller, Get, Header } from '@nestjs/common';
import { Counter, register } from 'prom-client';
import { Open } from './key.guard.js';

const asked = new Counter({
  name: 'shop_metrics_asked_total',
  help: 'How often the metrics were asked for.',
});

/** The host's own registry, at its own address. */
@Open()
@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('content-type', 'text/plain')
  async all(): Promise<string> {
    asked.inc();
    return await register.metrics();
  }
}
