import { Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { MetricsController } from './metrics.controller.js';

/** The Prometheus registry of this process and `/metrics`. Metrics are declared where they are measured. */
@Module({})
export class MetricsModule {
  static forRoot(processName: string): DynamicModule {
    return {
      module: MetricsModule,
      imports: [
        PrometheusModule.register({
          global: true,
          controller: MetricsController,
          defaultLabels: { process: processName },
          defaultMetrics: { enabled: true },
        }),
      ],
    };
  }
}
