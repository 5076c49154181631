import { Inject, Injectable } from '@nestjs/common';
import { Listeners, monotonic } from '../kernel/index.js';
import { LLM_OPTIONS, type LlmOptions } from './llm.options.js';
import { configureProviders, type LlmConfiguration, type ProviderName } from './provider.js';
import {
  afterCall,
  afterProbe,
  unknownProvider,
  verdict,
  type CallOutcome,
  type ProbeResult,
  type ProviderState,
  type Verdict,
} from './provider.state.js';

/** What this process knows of its providers: configuration, probes, and real calls, its own or of workers. */
@Injectable()
export class ProviderMemory {
  readonly configuration: LlmConfiguration;
  private readonly states = new Map<ProviderName, ProviderState>();
  private readonly listed = new Map<ProviderName, readonly string[]>();
  private readonly calls = new Listeners<[ProviderName, CallOutcome]>();
  private readonly news = new Listeners();

  constructor(@Inject(LLM_OPTIONS) { providers }: LlmOptions) {
    this.configuration = configureProviders(providers);
  }

  stateOf(name: ProviderName): ProviderState {
    return this.states.get(name) ?? unknownProvider;
  }

  verdictOf(name: ProviderName): Verdict | null {
    return verdict(this.stateOf(name), monotonic());
  }

  /** Ids of the models that the provider listed last; empty before it did. */
  modelsOf(name: ProviderName): readonly string[] {
    return this.listed.get(name) ?? [];
  }

  probed(name: ProviderName, result: ProbeResult, models: readonly string[] | null): void {
    this.states.set(name, afterProbe(this.stateOf(name), result, monotonic()));
    if (models !== null) this.listed.set(name, models);
  }

  /** A real call of this process ended. */
  called(name: ProviderName, outcome: CallOutcome): void {
    this.heard(name, outcome, monotonic());
    this.calls.tell(name, outcome);
  }

  /** A real call of any process ended, `at` monotonic ms. */
  heard(name: ProviderName, outcome: CallOutcome, at: number): void {
    const before = this.verdictOf(name)?.code;
    this.states.set(name, afterCall(this.stateOf(name), outcome, at));
    const after = this.verdictOf(name)?.code;
    // Trouble of a new kind, or its end, is worth a look at once; a call that failed alike is not news.
    if (before !== after) this.news.tell();
  }

  /** Told of the real calls of this process that say something of their provider. */
  onCall(listener: (name: ProviderName, outcome: CallOutcome) => void): void {
    this.calls.add(listener);
  }

  /** Told when a real call changed what is to be believed of a provider. */
  onNews(listener: () => void): void {
    this.news.add(listener);
  }
}
