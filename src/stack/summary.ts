import { relative } from 'node:path';
import type { Stack } from './stack.js';
import type { Paint } from './status/paint.js';

/** What a newcomer needs once the stack is up. */
export function summary(stack: Stack, { bold, dim }: Paint): string {
  const { apiUrl, workerUrl, appServerUrl, paths, environment } = stack;
  const here = (path: string): string => relative(process.cwd(), path) || path;
  const auth = environment.has('API_TOKEN') ? ` -H "Authorization: Bearer $API_TOKEN"` : '';
  const json = `-H 'content-type: application/json'`;
  return [
    '',
    bold('The stack is up.'),
    `  api       ${apiUrl}/api/production/ready`,
    `  worker    ${workerUrl}/readyz`,
    ...(stack.member('app-server') === undefined ? [] : [`  gateway   ${appServerUrl}/v1`]),
    `  settings  ${here(paths.env)}  ${dim('REDIS_URL and DATABASE_URL for a shell: set -a; . ./' + here(paths.env))}`,
    `  logs      ${here(paths.logs)}/`,
    '',
    bold('Try it:'),
    `  curl -s ${apiUrl}/api/production/queue/heartbeat`,
    `  id=$(curl -s${auth} ${json} ${apiUrl}/api/workflows -d '{"name":"hello","steps":[{"id":"pause","kind":"delay","ms":50}]}' | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s${auth} ${json} ${apiUrl}/api/workflows/$id/executions -d '{"input":{}}'`,
    `  curl -s${auth} ${apiUrl}/api/executions`,
    '',
  ].join('\n');
}
