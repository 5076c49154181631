import { Controller, Get, Header, Headers, Inject, Res, UnauthorizedException } from '@nestjs/common';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import { bearerGuard, SETTINGS, type Settings } from '../config/index.js';

/** `GET /metrics`; with `OPS_TOKEN` set it needs the token. */
@Controller()
export class MetricsController extends PrometheusController {
  private readonly mayRead: (authorization: string | undefined) => boolean;

  constructor(@Inject(SETTINGS) settings: Settings) {
    super();
    this.mayRead = settings.OPS_TOKEN === undefined ? () => true : bearerGuard(settings.OPS_TOKEN);
  }

  @Get()
  @Header('cache-control', 'no-store')
  override async index(
    @Res({ passthrough: true }) response: unknown,
    @Headers('authorization') authorization?: string,
  ): Promise<string> {
    if (!this.mayRead(authorization)) {
      throw new UnauthorizedException(
        'Metrics need the operator token: send Authorization: Bearer <OPS_TOKEN>.',
      );
    }
    return await super.index(response);
  }
}
