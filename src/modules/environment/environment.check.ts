import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, type Check } from '../health/index.js';
import { ENVIRONMENT_OPTIONS, type EnvironmentOptions } from './environment.options.js';
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
    @Inject(ENVIRONMENT_OPTIONS) private readonly options: EnvironmentOptions,
  ) {}

  run(): Promise<HealthIndicatorResult> {
    const { production, problems, opsTokenSet, apiTokenSet } = this.options;
    const { code, message } = assessSettings(this.options);
    const details = {
      production,
      settings: problems.map(({ name, kind }) => ({ name, kind })),
      operatorDetails: opsTokenSet ? 'need OPS_TOKEN' : 'open',
      mutations: apiTokenSet ? 'need API_TOKEN' : production ? 'closed' : 'open',
    };
    return Promise.resolve(answer(this.indicators.check(this.key), code, { message, details }));
  }
}
