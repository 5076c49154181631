import { Controller, Get, Header, Headers, Inject, Res } from '@nestjs/common';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import { operatorGate, type Gate } from '../http/index.js';
import { METRICS_OPTIONS, type MetricsOptions } from './metrics.options.js';

/** `GET /metrics`; where there is an operator's token it needs it. */
@Controller()
export class MetricsController extends PrometheusController {
  private readonly gate: Gate;

  constructor(@Inject(METRICS_OPTIONS) options: MetricsOptions) {
    super();
    this.gate = operatorGate(options);
  }

  @Get()
  @Header('cache-control', 'no-store')
  override async index(
    @Res({ passthrough: true }) response: unknown,
    @Headers('authorization') authorization?: string,
  ): Promise<string> {
    const refused = this.gate(authorization);
    if (refused !== null) throw refused;
    return await super.index(response);
  }
}
