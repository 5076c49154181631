import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Board } from '../health/index.js';
import { ENVIRONMENT_OPTIONS, type EnvironmentOptions } from './environment.options.js';

/**
 * A dependency that the deployment declares and that no module of this process put on the board fails by name,
 * instead of being taken for well. By the time of this hook every module has had its turn.
 */
@Injectable()
export class UnreportedDependencies implements OnApplicationBootstrap {
  constructor(
    private readonly board: Board,
    @Inject(ENVIRONMENT_OPTIONS) private readonly options: EnvironmentOptions,
  ) {}

  onApplicationBootstrap(): void {
    const reported = new Set(this.board.snapshot().checks.map((check) => check.key));
    for (const name of new Set(this.options.declared)) {
      if (reported.has(name)) continue;
      this.board.addPushed(name, 'declared', {
        code: 'dependency.not_reported',
        message: `${name} is declared in DECLARED_DEPENDENCIES, but nothing in this process reports it`,
        details: {},
      });
    }
  }
}
