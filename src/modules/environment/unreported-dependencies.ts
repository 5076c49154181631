import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/index.js';
import { Board } from '../health/index.js';

/**
 * A dependency that the deployment declares and that no module of this process put on the board fails by name,
 * instead of being taken for well. By the time of this hook every module has had its turn.
 */
@Injectable()
export class UnreportedDependencies implements OnApplicationBootstrap {
  constructor(
    private readonly board: Board,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    const reported = new Set(this.board.snapshot().checks.map((check) => check.key));
    for (const name of new Set(this.settings.DECLARED_DEPENDENCIES)) {
      if (reported.has(name)) continue;
      this.board.addPushed(name, 'declared', {
        code: 'dependency.not_reported',
        message: `${name} is declared in DECLARED_DEPENDENCIES, but nothing in this process reports it`,
        details: {},
      });
    }
  }
}
