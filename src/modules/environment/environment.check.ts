import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { CONFIGURATION, type Configuration } from '../config/index.js';
import { answer, BoardCheck, type Check } from '../health/index.js';
import { assessSettings } from './settings.assess.js';
import './environment.codes.js';

/** Are the settings and secrets valid? They are parsed once, so the answer changes with a restart only. */
@Injectable()
@BoardCheck()
export class EnvironmentCheck implements Check {
  readonly key = 'environment';
  readonly cadenceMs = 10_000;
  readonly deadlineMs = 1000;
  readonly counts = 'readiness';

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  run(): Promise<HealthIndicatorResult> {
    const { settings, problems } = this.configuration;
    const { code, message } = assessSettings({
      problems,
      nodeEnv: settings.NODE_ENV,
      production: settings.production,
      opsTokenSet: settings.OPS_TOKEN !== undefined,
      apiTokenSet: settings.API_TOKEN !== undefined,
    });
    const details = {
      production: settings.production,
      settings: problems.map(({ name, kind }) => ({ name, kind })),
      operatorDetails: settings.OPS_TOKEN === undefined ? 'open' : 'need OPS_TOKEN',
      mutations:
        settings.API_TOKEN === undefined ? (settings.production ? 'closed' : 'open') : 'need API_TOKEN',
    };
    return Promise.resolve(answer(this.indicators.check(this.key), code, { message, details }));
  }
}
