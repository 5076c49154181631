import type { SettingProblem } from '../config/index.js';
import type { Code } from '../health/index.js';

export interface EnvironmentFacts {
  readonly problems: readonly SettingProblem[];
  readonly nodeEnv: string | undefined;
  readonly production: boolean;
  readonly opsTokenSet: boolean;
  readonly apiTokenSet: boolean;
}

export interface Assessment {
  readonly code: Code;
  readonly message: string;
}

const CODES = {
  missing: 'environment.setting_missing',
  weak: 'environment.secret_weak',
  invalid: 'environment.setting_invalid',
  'weak-token': 'environment.token_weak',
} as const satisfies Record<SettingProblem['kind'], Code>;

const GRAVEST_FIRST = ['missing', 'weak', 'invalid', 'weak-token'] as const;

/** Everything that is wrong with the settings in one line: by name, never by value. The gravest names the code. */
export function assessSettings({
  problems,
  nodeEnv,
  production,
  opsTokenSet,
  apiTokenSet,
}: EnvironmentFacts): Assessment {
  const warnings: Assessment[] = [];
  if (production && nodeEnv !== 'production') {
    const what = nodeEnv === undefined ? 'is not set' : 'is none of production, development and test';
    warnings.push({
      code: 'environment.node_env_assumed',
      message: `NODE_ENV ${what}, so production is assumed; set it to production`,
    });
  }
  if (production && !opsTokenSet) {
    warnings.push({
      code: 'environment.ops_token_missing',
      message: 'OPS_TOKEN is not set, so details and metrics are open to everyone; set it',
    });
  }
  if (production && !apiTokenSet) {
    warnings.push({
      code: 'environment.api_token_missing',
      message: 'API_TOKEN is not set, so workflows and executions are closed to everyone; set it',
    });
  }
  const gravest = GRAVEST_FIRST.find((kind) => problems.some((problem) => problem.kind === kind));
  const sorted = GRAVEST_FIRST.flatMap((kind) => problems.filter((problem) => problem.kind === kind));
  const message = [...sorted, ...warnings].map((each) => each.message.replaceAll(/\s+/g, ' ')).join('; ');
  if (gravest !== undefined) return { code: CODES[gravest], message };
  const first = warnings[0];
  if (first !== undefined) return { code: first.code, message };
  return { code: 'environment.valid', message: 'Settings and secrets are valid.' };
}
