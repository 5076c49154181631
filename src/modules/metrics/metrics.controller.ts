import { Controller, Get, Header, Headers, Inject, Res } from '@nestjs/common';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import { SETTINGS, type Settings } from '../config/index.js';
import { operatorGate, type Gate } from '../http/index.js';

/** `GET /metrics`; with `OPS_TOKEN` set it needs the token. */
@Controller()
export class MetricsController extends PrometheusController {
  private readonly gate: Gate;

  constructor(@Inject(SETTINGS) settings: Settings) {
    super();
    this.gate = operatorGate(settings);
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
