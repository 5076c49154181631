import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, Board, ownDeadline, type Check, type CheckContext } from '../health/index.js';
import { epochOf, monotonic, withOwnTime } from '../kernel/index.js';
import { assessProviders } from './llm.assess.js';
import type { Provider } from './provider.js';
import { ProviderClient } from './provider-client.js';
import { ProviderError } from './provider-error.js';
import { ProviderMemory } from './provider-memory.js';
import type { ProbeResult } from './provider.state.js';
import './llm.codes.js';

/** Shorter than the check's own deadline, so that one silent provider costs its own answer only. */
const PROBE_DEADLINE_MS = 2700;
/** A bad answer is looked at again sooner than the cadence says: often at first, then with restraint. */
const RETRY_MS = 4000;
const PATIENT_RETRY_MS = 20_000;
const QUICK_RETRIES = 5;
/** Asking again soon would tell nothing new. */
const WELL: ReadonlySet<string> = new Set(['llm.ready', 'llm.unverified']);

/**
 * Can at least one language model provider be used? Lists the models of each, which is never billed, and
 * believes real calls: they alone show a quota that is spent.
 */
@Injectable()
@BoardCheck()
export class LlmCheck implements Check, OnModuleInit, OnApplicationShutdown {
  readonly key = 'llm';
  readonly cadenceMs = 60_000;
  readonly deadlineMs = 3000;
  readonly freshFloorMs = 10_000;
  readonly counts = 'readiness';
  readonly timeoutCode = 'llm.slow';

  private retry: NodeJS.Timeout | undefined;
  private badRuns = 0;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly board: Board,
    private readonly memory: ProviderMemory,
    private readonly client: ProviderClient,
  ) {}

  onModuleInit(): void {
    this.memory.onNews(() => this.board.poke(this.key));
  }

  onApplicationShutdown(): void {
    clearTimeout(this.retry);
  }

  async run({ signal }: CheckContext = ownDeadline(this)): Promise<HealthIndicatorResult> {
    const { providers, misconfigured } = this.memory.configuration;
    await Promise.all(providers.map((provider) => this.probe(provider, signal)));
    const verdicts = providers.flatMap(({ name }) => {
      const verdict = this.memory.verdictOf(name);
      return verdict === null ? [] : [{ name, verdict }];
    });
    const { code, message } = assessProviders(verdicts, misconfigured);
    if (providers.length > 0) this.planRetry(verdicts.every(({ verdict }) => WELL.has(verdict.code)));
    return answer(this.indicators.check(this.key), code, { message, details: { providers: this.details() } });
  }

  private async probe(provider: Provider, signal: AbortSignal): Promise<void> {
    const startedAt = monotonic();
    const outcome = await withOwnTime(PROBE_DEADLINE_MS, (late) =>
      this.client.listModels(provider, AbortSignal.any([signal, late])),
    );
    const latencyMs = Math.round(monotonic() - startedAt);
    if (outcome.kind === 'answered') {
      const models = outcome.value.length;
      const result =
        models > 0
          ? ({ code: 'llm.ready', message: '', latencyMs, models } as const)
          : ({
              code: 'llm.unverified',
              message: `${provider.name} lists no model`,
              latencyMs,
              models,
            } as const);
      this.memory.probed(provider.name, result, outcome.value);
      return;
    }
    const { code, message } = readFailure(provider, outcome.kind === 'threw' ? outcome.error : undefined);
    this.memory.probed(provider.name, { code, message, latencyMs, models: null }, null);
  }

  private planRetry(well: boolean): void {
    clearTimeout(this.retry);
    this.badRuns = well ? 0 : this.badRuns + 1;
    if (well) return;
    const delayMs = this.badRuns <= QUICK_RETRIES ? RETRY_MS : PATIENT_RETRY_MS;
    this.retry = setTimeout(() => this.board.poke(this.key), delayMs).unref();
  }

  private details(): Record<string, unknown> {
    const { providers, misconfigured } = this.memory.configuration;
    const entries: [string, unknown][] = [
      ...providers.map(({ name }): [string, unknown] => {
        const { probe, lastSuccessAt, callTrouble } = this.memory.stateOf(name);
        return [
          name,
          {
            code: this.memory.verdictOf(name)?.code ?? null,
            probe: probe?.code ?? null,
            call: callTrouble?.code ?? null,
            latencyMs: probe?.latencyMs ?? null,
            models: probe?.models ?? null,
            lastSuccessAt: lastSuccessAt === null ? null : new Date(epochOf(lastSuccessAt)).toISOString(),
          },
        ];
      }),
      ...misconfigured.map(({ name, code }): [string, unknown] => [name, { code }]),
    ];
    return Object.fromEntries(entries);
  }
}

/** Why a probe failed. That the models cannot be listed says nothing of completions, which real calls tell of. */
function readFailure(provider: Provider, error: unknown): Pick<ProbeResult, 'code' | 'message'> {
  if (!(error instanceof ProviderError)) {
    return {
      code: 'llm.slow',
      message: `${provider.name} did not list its models within ${PROBE_DEADLINE_MS} ms`,
    };
  }
  const { asListing = error.code } = error.parts;
  if (asListing !== 'llm.unverified') return { code: asListing, message: error.message };
  const [what] = error.message.split('; ');
  return {
    code: 'llm.unverified',
    message: `${what} when asked for its models; whether completions work shows with the first, else check ${provider.urlSetting} and ${provider.keySetting}`,
  };
}
