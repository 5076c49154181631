import { HealthIndicatorService } from '@nestjs/terminus';
import { Gauge, Registry } from 'prom-client';
import { parseSettings } from '../../../src/modules/config/index.js';
import { DatabaseCheck } from '../../../src/modules/database/database.check.js';
import { Database, IncidentHistory } from '../../../src/modules/database/index.js';
import { believable } from '../../../src/modules/health/board/snapshot.js';
import { Board, Lifecycle, type CheckRecord } from '../../../src/modules/health/index.js';
import { moment } from '../../../src/modules/kernel/index.js';
import { createRedact } from '../../../src/modules/kernel/index.js';
import { Liveness } from '../../../src/modules/liveness/index.js';
import { databaseOptions } from '../../../src/options/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';

/** Looks at new connections so often, and is sure of a leak so soon, that no test has to wait for it. */
class ImpatientCheck extends DatabaseCheck {
  override readonly freshEveryMs = 1000;
  override readonly leakSureAfterMs = 3000;
}

/** A board with the database check and the history of incidents on it, as a process composes them. */
export class Watched {
  readonly board: Board;
  readonly lifecycle: Lifecycle;
  readonly liveness = new Liveness(0);
  readonly database: Database;
  readonly check: DatabaseCheck;
  readonly history: IncidentHistory;

  private constructor(url: string | undefined) {
    const configuration = parseSettings({ NODE_ENV: 'production', DATABASE_URL: url });
    const redact = createRedact(configuration.secrets);
    const service = {
      name: 'api',
      version: '1.0.0',
      environment: 'production',
      instanceId: 'instance-1',
      startedAt: 0,
    };
    this.board = new Board(redact);
    this.lifecycle = new Lifecycle(this.board);
    this.database = new Database(databaseOptions(configuration), service, redact);
    const gauge = new Gauge({
      name: 'pool',
      help: 'pool',
      labelNames: ['state'],
      registers: [new Registry()],
    });
    const indicators = new HealthIndicatorService();
    this.check = new ImpatientCheck(indicators, this.database, this.board, this.liveness, service, gauge);
    this.board.add(this.check);
    this.history = new IncidentHistory(this.database, service, this.board, this.lifecycle);
  }

  /** Starts the board; stopped when the test file has ended. */
  static start(url: string | undefined): Watched {
    const watched = new Watched(url);
    watched.board.start();
    atEnd(() => watched.stop());
    return watched;
  }

  get record(): CheckRecord {
    const record = this.board.snapshot().checks.find(({ key }) => key === 'database');
    if (record === undefined) throw new Error('the database check is not on the board');
    return record;
  }

  /** As a reader of the board sees it now: an answer that is too old has become a failure. */
  get believed(): CheckRecord {
    const found = believable(this.board.snapshot(), moment()).checks.find(({ key }) => key === 'database');
    return found ?? this.record;
  }

  /** Waits for the verdict; 9 s is a whole cadence and deadline after the worst moment. */
  async says(code: string, timeoutMs = 9000): Promise<CheckRecord> {
    return await eventually(
      () => {
        if (this.record.code !== code) throw new Error(`it says ${this.record.code}: ${this.record.message}`);
        return this.record;
      },
      { timeoutMs, what: code },
    );
  }

  private stopping: Promise<void> | undefined;

  stop(): Promise<void> {
    this.stopping ??= (async () => {
      this.history.onApplicationShutdown();
      await this.board.stop();
      await this.database.onApplicationShutdown();
    })();
    return this.stopping;
  }
}
