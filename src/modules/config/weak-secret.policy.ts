import type { SettingProblem } from './configuration.js';

const LEAST = 16;
const PLACEHOLDER =
  /^(change[-_ ]?(me|it|this)|secret|password|passwort|placeholder|token|admin|default|todo|x+|test|example|your[-_ ].*)[-_ \d!.]*$/i;

/** Short, a placeholder, or the same character over and over. */
export function isGuessable(secret: string): boolean {
  return secret.length < LEAST || PLACEHOLDER.test(secret) || new Set(secret).size < 4;
}

interface Tokens {
  readonly API_TOKEN?: string | undefined;
  readonly OPS_TOKEN?: string | undefined;
}

/** What is wrong with the tokens that clients show. They are used all the same: without them, more would be open. */
export function weakTokens({ API_TOKEN: api, OPS_TOKEN: ops }: Tokens): SettingProblem[] {
  const problems: SettingProblem[] = [];
  for (const [name, token] of [
    ['API_TOKEN', api],
    ['OPS_TOKEN', ops],
  ] as const) {
    const why = token === undefined ? undefined : whyWeak(token);
    if (why !== undefined) problems.push({ name, kind: 'weak-token', message: `${name} ${why}` });
  }
  if (api !== undefined && api === ops) {
    const message =
      'API_TOKEN is the same as OPS_TOKEN, so that whoever may look may also run executions; make two of them';
    problems.push({ name: 'API_TOKEN', kind: 'weak-token', message });
  }
  return problems;
}

function whyWeak(token: string): string | undefined {
  if (/[^\x21-\x7e]/.test(token)) {
    return 'holds a blank, or a character that no header can carry: no client can show it; use letters and digits';
  }
  return isGuessable(token)
    ? 'is a placeholder or shorter than 16 characters; use at least 16 random characters'
    : undefined;
}
