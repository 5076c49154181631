import type { EnvironmentFacts } from './settings.assess.js';

/** Inject with `@Inject(ENVIRONMENT_OPTIONS) options: EnvironmentOptions`. */
export const ENVIRONMENT_OPTIONS = Symbol('ENVIRONMENT_OPTIONS');

export interface EnvironmentOptions extends EnvironmentFacts {
  /** Dependencies that count where the deployment says that it has them. */
  readonly declared: readonly string[];
  /** Of the chain, which counts when it is declared; undefined when there is none that can be used. */
  readonly evmRpcUrl: string | undefined;
}
