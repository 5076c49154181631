import { Inject, Injectable, Optional } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { DatabaseUnavailableError } from '../../database/index.js';
import { answer, BoardCheck, Board, type Check } from '../../health/index.js';
import { ForeignConsumers } from '../../heartbeat/index.js';
import { monotonic } from '../../kernel/index.js';
import { ReconcileRepository } from '../store/reconcile.repository.js';
import { Costly } from './costly.js';
import { assessReconciler, ROUND_MS } from './reconciler.assess.js';
import '../executions.codes.js';

const NEEDED = ['database', 'queue'];

/** Does the reconciler of any process get on? What keeps it from working is said by the checks of what it needs. */
@Injectable()
@BoardCheck()
export class ReconcilerCheck implements Check {
  readonly key = 'reconciler';
  readonly cadenceMs = 5000;
  readonly deadlineMs = 5000;
  readonly timeoutCode = 'reconciler.unreadable';
  readonly counts = 'informative';
  readonly dependsOn = NEEDED;
  private possibleSince = monotonic();
  private readonly unfinished: Costly<number>;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly board: Board,
    private readonly rows: ReconcileRepository,
    // Named, for of a union the compiler leaves no type behind that could be injected.
    @Optional() @Inject(ForeignConsumers) private readonly foreign: ForeignConsumers | null,
  ) {
    this.unfinished = new Costly(() => rows.countUnfinished());
    board.onTransition(({ check, to }) => {
      if (NEEDED.includes(check) && to === 'fail') this.possibleSince = monotonic();
    });
  }

  async run(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    if (this.hindered()) this.possibleSince = monotonic();
    try {
      const progress = await this.rows.progress();
      this.foreign?.consider(progress?.taken ?? null);
      const possibleForMs = monotonic() - this.possibleSince;
      const takesLong = progress !== null && progress.roundAgeMs > ROUND_MS;
      const judge = (unfinished: number) => assessReconciler({ progress, unfinished, possibleForMs });
      // Executions that came after the last count take their time too: they are counted anew as soon as may be.
      const inOrder = (unfinished: number) => judge(unfinished).code === 'reconciler.running';
      const unfinished = takesLong ? (await this.unfinished.read(inOrder)).value : 0;
      const { code, message } = judge(unfinished);
      return answer(indicator, code, { message, details: { ...progress, unfinished } });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError)) throw error;
      return answer(indicator, 'reconciler.unreadable', {
        message: `it cannot be read how the search for lost executions gets on: ${error.message}`,
        details: { cause: error.code },
      });
    }
  }

  private hindered(): boolean {
    return this.board.snapshot().checks.some(({ key, status }) => NEEDED.includes(key) && status === 'fail');
  }
}
