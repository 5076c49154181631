import { detailsFor, errorLine, iso, messageFor, shownIn, statusCodeOf, statusOf } from './check-view.js';
import { codeDefinition } from '../codes/index.js';
import { timestamp } from './live-template.js';
import type { Scope, View, ViewContext } from './view.js';

/** The IETF health format (draft-inadarei-api-health-check-06), which says `pass`, `warn`, `fail` as we do. */
export function healthJsonView(context: ViewContext, scope: Scope): View {
  const { snapshot, audience, service, verbose } = context;
  const checks = shownIn(scope, snapshot.checks);
  const output = errorLine(checks, audience);
  return {
    statusCode: statusCodeOf(scope, snapshot.checks),
    body: {
      status: statusOf(checks),
      version: service.version.split('.')[0],
      releaseId: service.version,
      serviceId: audience === 'operator' ? service.instanceId : null,
      description: `health of the ${service.name} process`,
      notes: checks
        .filter((check) => check.status !== 'pass')
        .map((check) => `${check.key}: ${check.code}; a restart ${restartAdvice(check.code)}`),
      ...(output === null ? {} : { output }),
      checks: Object.fromEntries(
        checks.map((check) => [
          `${check.key}:responseTime`,
          [
            {
              componentId: audience === 'operator' ? `${service.name}/${check.key}` : null,
              componentType: 'component',
              observedValue: check.latencyMs,
              observedUnit: 'ms',
              status: check.status,
              time: iso(check.checkedAt),
              ...(check.status === 'pass' ? {} : { output: `${check.code}: ${messageFor(check, audience)}` }),
              ...(verbose ? { details: detailsFor(check, audience) } : {}),
            },
          ],
        ]),
      ),
      timestamp,
    },
  };
}

function restartAdvice(code: Parameters<typeof codeDefinition>[0]): string {
  const { restart, target } = codeDefinition(code);
  if (restart === 'helps') return `of the ${target === 'self' ? 'process' : target} helps`;
  return restart === 'harmful' ? 'is harmful' : 'is useless';
}
