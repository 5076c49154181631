import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import {
  answer,
  BoardCheck,
  Board,
  ownDeadline,
  SERVICE,
  type Check,
  type CheckContext,
  type ServiceIdentity,
} from '../health/index.js';
import { monotonic, withOwnTime } from '../kernel/index.js';
import { Liveness } from '../liveness/index.js';
import { askFresh } from './ask-fresh.js';
import { askPool } from './ask-pool.js';
import { assess, driftOf, poolIsStale, type Evidence, type DatabaseLook } from './database.assess.js';
import { Database } from './database.service.js';
import type { LookOptions } from './look.js';
import { isLeaked, nextLeak, type PoolLeak } from './pool-leak.policy.js';
import { shippedMigrations, type ShippedMigrations } from './shipped-migrations.js';
import './database.codes.js';

export const POOL_METRIC = 'probity_database_pool_connections';

/** A pool that takes longer is in doubt: a new connection is asked beside it. */
const IMPATIENT_MS = 500;
/** Once a new connection has answered, a pool that took this long does not count as working. */
const POOL_BUDGET_MS = 1500;
const FRESH_BUDGET_MS = 4500;
/** For the second question, once the pool was renewed. */
const RENEWED_BUDGET_MS = 1500;
const POKE_AT_MOST_EVERY_MS = 500;
/** With these the pool is not in doubt. */
const SOUND: ReadonlySet<string> = new Set(['database.healthy', 'database.memory_missing']);
const NOTHING_SHIPPED: ShippedMigrations = { names: [], tables: [] };

/**
 * Can this process read and write its database now, and could it still after a reconnect? Asked through the pool
 * each time, and on a new connection too now and then, and always when in doubt.
 */
@Injectable()
@BoardCheck()
export class DatabaseCheck implements Check {
  readonly key = 'database';
  /** With the time of the answer it is still within 2 s that a fault is seen. */
  readonly cadenceMs = 1750;
  readonly deadlineMs = 5000;
  readonly counts = 'readiness';
  /** A pool that mends itself in a moment is still seen to have failed, and one that flaps stays failed. */
  readonly recoverAfter = 2;
  readonly timeoutCode = 'database.unresponsive';
  /** How long a new connection may go unasked while the pool answers. */
  readonly freshEveryMs: number = 15_000;
  /** How long the work that needs the database may go untried while all else is well. */
  readonly dryRunEveryMs: number = 5000;
  /** So long nothing came back, though every statement ends within seconds: only a restart helps. */
  readonly leakSureAfterMs: number = 60_000;
  private readonly shipped: ShippedMigrations;
  private lastFreshAt = -Infinity;
  private lastDryRunAt = -Infinity;
  private lastPokeAt = -Infinity;
  private inDoubt = true;
  private leak: PoolLeak | null = null;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    board: Board,
    liveness: Liveness,
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @InjectMetric(POOL_METRIC) private readonly poolGauge: Gauge<'state'>,
  ) {
    this.shipped = database.remembers ? shippedMigrations() : NOTHING_SHIPPED;
    // Work that waits for a leaked pool waits until somebody restarts the process.
    liveness.add(() =>
      isLeaked(this.leak, this.leakSureAfterMs, monotonic()) ? 'database.pool_exhausted' : null,
    );
    database.onDoubt(() => {
      this.inDoubt = true;
      if (monotonic() - this.lastPokeAt < POKE_AT_MOST_EVERY_MS) return;
      this.lastPokeAt = monotonic();
      board.poke(this.key);
    });
  }

  async run({ signal }: CheckContext = ownDeadline(this)): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    const { url } = this.database;
    if (url === undefined) {
      return answer(indicator, 'database.not_configured', {
        message: this.database.whyNot,
      });
    }
    const evidence = await this.gather(url, signal);
    const verdict = assess(evidence);
    const { releases } = this.database;
    this.leak = nextLeak(this.leak, { code: verdict.code, releases }, monotonic());
    // What came up during the run stays in doubt.
    this.inDoubt ||= !SOUND.has(verdict.code);
    // Where one pooled connection hangs, the others may, and nobody should have to find out.
    if (verdict.code === 'database.pool_hanging') this.database.destroyIdle();
    this.measure(evidence);
    return answer(indicator, verdict.code, { message: verdict.message, details: detailsOf(evidence) });
  }

  private async gather(url: string, signal: AbortSignal): Promise<Evidence> {
    const evidence = await this.askBoth(url, signal);
    if (!poolIsStale(evidence)) return evidence;
    this.database.renew();
    const again = askPool(this.database, this.lookOptions('pool', true));
    return { ...evidence, pooled: (await within(again.answer, RENEWED_BUDGET_MS)) ?? again.giveUp() };
  }

  private async askBoth(url: string, signal: AbortSignal): Promise<Evidence> {
    const startedAt = monotonic();
    const dryRun = this.inDoubt || startedAt - this.lastDryRunAt >= this.dryRunEveryMs;
    if (dryRun) this.lastDryRunAt = startedAt;
    const question = askPool(this.database, this.lookOptions('pool', dryRun));
    const abandon = () => void question.giveUp();
    signal.addEventListener('abort', abandon, { once: true });
    const due = this.inDoubt || startedAt - this.lastFreshAt >= this.freshEveryMs;
    this.inDoubt = false;
    let asked = due ? this.askFresh(url, signal) : undefined;
    const early = await within(question.answer, IMPATIENT_MS);
    const sound = early?.kind === 'answered' && this.isHealthy(early);
    if (!sound) asked ??= this.askFresh(url, signal);
    const fresh = (await asked) ?? null;
    const pooled =
      early ??
      (await within(question.answer, Math.max(0, startedAt + POOL_BUDGET_MS - monotonic()))) ??
      question.giveUp();
    signal.removeEventListener('abort', abandon);
    return { ...this.known(), pooled, fresh };
  }

  private isHealthy(pooled: DatabaseLook): boolean {
    return SOUND.has(assess({ ...this.known(), pooled, fresh: null }).code);
  }

  private known(): Pick<Evidence, 'pool' | 'shipped' | 'tables'> {
    const { tables } = this.database;
    return { pool: this.database.poolUse(), shipped: this.shipped.names, tables };
  }

  private askFresh(url: string, signal: AbortSignal): Promise<DatabaseLook> {
    this.lastFreshAt = monotonic();
    return askFresh({
      url,
      signal,
      applicationName: `${this.database.applicationName}-check`,
      budgetMs: FRESH_BUDGET_MS,
      look: this.lookOptions('fresh', true),
    });
  }

  private lookOptions(connection: 'pool' | 'fresh', dryRun: boolean): LookOptions {
    const { name, instanceId } = this.service;
    const writes = this.database.remembers;
    return {
      shipped: this.shipped,
      canary: writes ? `${instanceId}:${connection}` : null,
      service: name,
      space: writes && connection === 'fresh',
      dryRuns: dryRun ? this.database.dryRuns : [],
    };
  }

  private measure({ pool }: Evidence): void {
    this.poolGauge.set({ state: 'busy' }, pool.total - pool.idle);
    this.poolGauge.set({ state: 'idle' }, pool.idle);
    this.poolGauge.set({ state: 'waiting' }, pool.waiting);
    this.poolGauge.set({ state: 'max' }, pool.max);
  }
}

function detailsOf(evidence: Evidence): Record<string, unknown> {
  const { pooled, fresh, pool, shipped } = evidence;
  const state = [fresh, pooled].find((each) => each?.kind === 'answered')?.state;
  const { pending, unknown } = driftOf(evidence);
  return {
    pool,
    latencyMs: pooled.kind === 'answered' ? pooled.latencyMs : null,
    ...(fresh === null ? {} : { newConnectionMs: fresh.kind === 'answered' ? fresh.latencyMs : null }),
    ...(state === undefined
      ? {}
      : {
          serverVersion: state.serverVersion,
          migrations: { shipped: shipped.length, applied: state.applied.length, pending, unknown },
        }),
  };
}

/** The value when it comes in time, else undefined. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const outcome = await withOwnTime(ms, () => promise);
  return outcome.kind === 'answered' ? outcome.value : undefined;
}
