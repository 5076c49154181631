import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProbeAnswers, ProbeName } from './probe-answers.js';
import { splitTarget } from '../../http/index.js';
import { probeProblem, type ProbeReply } from './probe-reply.js';

/** Takes a request when it is for a probe, and says whether it did. */
export type ProbeHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface ProbeHandlerOptions {
  /** A process that is leaving closes each connection with its answer, so that balancers notice. */
  readonly draining?: () => boolean;
  /** Where each check is asked alone; null when nowhere. */
  readonly oneCheck?: string | null;
  /** Answers what clients look for here and do not find, such as `/health`; not where that may be somebody else's. */
  readonly guides?: boolean;
  /** Told of an answer that could not be put together, which is a defect; the client gets a 500 without its text. */
  readonly onDefect: (error: unknown) => void;
}

/** The probes that every process serves. */
export const PROCESS_PROBES: Readonly<Record<string, ProbeName>> = {
  '/livez': 'livez',
  '/readyz': 'readyz',
  '/healthz': 'healthz',
};

/** The probes of the api: its own, and those of the platform as a whole. */
export const PLATFORM_PROBES: Readonly<Record<string, ProbeName>> = {
  ...PROCESS_PROBES,
  '/api/production/ready': 'ready',
  '/api/production/queue/heartbeat': 'heartbeat',
  '/api/production/health': 'health',
};

const PLATFORM = '/api/production/';

/**
 * Serves the probes on Node's own request and response: no router, hook, pipe or serializer stands between an
 * orchestrator and its answer, and whatever they wait for or break on, the probes do not.
 */
export function probeHandler(
  answers: ProbeAnswers,
  probes: Readonly<Record<string, ProbeName>>,
  { draining = () => false, oneCheck = '/readyz/', guides = true, onDefect }: ProbeHandlerOptions,
): ProbeHandler {
  const known = new Map(Object.entries(probes));
  const isOneCheck = (path: string) => oneCheck !== null && path.startsWith(oneCheck);
  const platform = [...known.keys()].some((path) => path.startsWith(PLATFORM));

  const answer = (path: string, query: string | undefined, request: IncomingMessage) => {
    const { accept, authorization } = request.headers;
    const probe = known.get(path);
    if (probe !== undefined) return answers.answer({ probe, query, accept, authorization });
    if (oneCheck !== null && isOneCheck(path)) {
      const check = decoded(path.slice(oneCheck.length));
      return answers.answer({ probe: 'readyz', check, query, accept, authorization });
    }
    if (!guides) return undefined;
    if (path === '/health') return probeProblem('probe.no_bare_health');
    return !platform && path.startsWith(PLATFORM) ? probeProblem('probe.not_the_api') : undefined;
  };

  return (request, response) => {
    const { path, query } = splitTarget(request.url ?? '/');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      if (!known.has(path) && !isOneCheck(path) && !(guides && path === '/health')) return false;
      if (draining()) response.shouldKeepAlive = false;
      send(response, probeProblem('probe.method'));
      return true;
    }
    const failed = (error: unknown) => {
      onDefect(error);
      send(response, probeProblem('http.500'));
    };
    try {
      const answered = answer(path, query, request);
      if (answered === undefined) return false;
      if (draining()) response.shouldKeepAlive = false;
      if (answered instanceof Promise) answered.then((late) => send(response, late)).catch(failed);
      else send(response, answered);
    } catch (error) {
      failed(error);
    }
    return true;
  };
}

/** Writes a reply in one piece; Node leaves the body out where the method is HEAD. */
export function send(response: ServerResponse, reply: ProbeReply): void {
  const { statusCode, contentType, body, headers, bytes = Buffer.byteLength(body) } = reply;
  response.writeHead(statusCode, [
    ...Object.entries(headers ?? {}).flat(),
    'content-type',
    contentType,
    'cache-control',
    'no-store',
    'content-length',
    String(bytes),
  ]);
  // Every character is a byte, mostly: Node writes that without looking at each of them.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
