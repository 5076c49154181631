import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ProbeAnswers, ProbeName } from './probe-answers.js';
import { problem, PROBLEM_TYPE } from './problem.js';

const PATHS: readonly (readonly [path: string, probe: ProbeName])[] = [
  ['/livez', 'livez'],
  ['/readyz', 'readyz'],
  ['/readyz/:check', 'readyz'],
  ['/healthz', 'healthz'],
  ['/api/production/ready', 'ready'],
  ['/api/production/queue/heartbeat', 'heartbeat'],
  ['/api/production/health', 'health'],
];

/** What a bare `/health` is told: it would have to mean one of two things, and people would guess wrong. */
export const noBareHealth = () =>
  problem({
    title: 'There is no /health',
    status: 404,
    detail: 'Ask /livez whether a restart would help, or /readyz whether work should come here now.',
    code: 'probe.no_bare_health',
  });

/**
 * Registers the probes as plain Fastify routes: no controller, no pipe, no guard and no serializer stands
 * between an orchestrator and its answer.
 */
export function registerProbeRoutes(fastify: FastifyInstance, answers: ProbeAnswers): void {
  for (const [url, probe] of PATHS) {
    const handler = (request: FastifyRequest, reply: FastifyReply) => {
      const { accept, authorization } = request.headers;
      const mark = request.url.indexOf('?');
      const answered = answers.answer({
        probe,
        check: (request.params as { check?: string }).check,
        query: mark === -1 ? undefined : request.url.slice(mark + 1),
        accept,
        authorization,
      });
      if (answered instanceof Promise) return answered.then((late) => send(reply, late));
      return send(reply, answered);
    };
    fastify.get(url, { handler });
  }
  fastify.get('/health', (_request, reply) =>
    send(reply, { statusCode: 404, contentType: PROBLEM_TYPE, body: JSON.stringify(noBareHealth()) }),
  );
}

function send(
  reply: FastifyReply,
  answer: { statusCode: number; contentType: string; body: string },
): FastifyReply {
  return reply
    .code(answer.statusCode)
    .header('content-type', answer.contentType)
    .header('cache-control', 'no-store')
    .send(answer.body);
}
