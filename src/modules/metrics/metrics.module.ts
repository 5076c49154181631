import { Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { MetricsController } from './metrics.controller.js';
import { METRICS_OPTIONS, type MetricsOptions } from './metrics.options.js';

/**
 * The Prometheus registry of this process and `/metrics`. Metrics are declared where they are measured. Global, for its
 * controller is made by `PrometheusModule`.
 */
@Module({})
export class MetricsModule {
  static forRoot(options: MetricsOptions): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      providers: [{ provide: METRICS_OPTIONS, useValue: options }],
      exports: [METRICS_OPTIONS],
      imports: [
        PrometheusModule.register({
          global: true,
          controller: MetricsController,
          defaultLabels: { process: options.process },
          defaultMetrics: { enabled: true },
        }),
      ],
    };
  }
}
