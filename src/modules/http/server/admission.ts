import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Gate } from '../gates.js';
import { sendProblem } from '../problem.filter.js';
import { problemReply } from '../problem.js';
import { BodyWatch } from './body-watch.js';
import { splitTarget } from './request-target.js';
import { WORK_SLOTS, WorkSlots, type Work } from './slots.js';

export interface AdmissionParts {
  /** Of everything under `/api/`. */
  readonly api: Gate;
  /** Of `/metrics`. */
  readonly operator: Gate;
  readonly draining: () => boolean;
  readonly defect: (error: unknown) => void;
}

/** What a route says of itself to be admitted rightly, where its method does not. */
export interface RouteWork {
  readonly work?: Work;
}

/** A body that came too slowly; Fastify's own way of telling of it leads to the answer. */
export class SlowBodyError extends Error {
  override readonly name = 'SlowBodyError';
  readonly statusCode = 408;
  readonly code = 'FST_BODY_TOO_SLOW';
}

/**
 * Decides in this order who may come in: whether there is anything at the address, whether the headers bear what it
 * takes, and whether a slot for this kind of work is free. A body is looked at after that, and for as long as it
 * makes progress.
 */
export function admit(fastify: FastifyInstance, parts: AdmissionParts): void {
  const slots = new WorkSlots();
  const bodies = new BodyWatch(parts.defect);

  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (request.is404) return refuseUnknown(request, reply);
    const refused = gateOf(request, parts)?.(request.headers.authorization) ?? null;
    if (refused === null) return;
    sendProblem(reply, refused.reply);
    return reply;
  });

  // Runs after every onRequest hook, those of single routes included, and before the body is read.
  fastify.addHook('preParsing', async (request, reply, payload) => {
    const work = workOf(request);
    const taken = slots.take(work);
    const release = taken instanceof Promise ? await taken : taken;
    if (release === null) {
      const detail = `More than ${WORK_SLOTS[work]} requests of this kind are under way; try again in a second.`;
      sendProblem(reply, problemReply('request.too_many', { detail }));
      return payload;
    }
    if (reply.raw.closed || reply.raw.destroyed) release();
    else reply.raw.once('close', release);
    bodies.add(request.raw, () => {
      // Whoever reads the body is told, and answers; nobody reads it when an answer was given already.
      if (payload.listenerCount('error') === 0) request.raw.socket.destroy();
      else payload.emit('error', new SlowBodyError('The body of the request comes too slowly.'));
    });
    return payload;
  });

  // A client that reuses its connection would not notice that the process is leaving, and would hold it up.
  // Said with the answer, for the request may be older than the drain.
  fastify.addHook('onSend', async (_request, reply) => {
    if (parts.draining()) reply.header('connection', 'close');
  });
}

function refuseUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { path } = splitTarget(request.url);
  if (path === '/metrics') sendProblem(reply, problemReply('probe.method'));
  else sendProblem(reply, problemReply('http.404', { detail: notFound(request.method, path) }));
  return reply;
}

export function notFound(method: string, path: string): string {
  return `There is nothing at ${method} ${path.slice(0, 200)}.`;
}

/** What is under `/api/` is closed unless its gate says otherwise; `/v1/` has a gate that speaks its own language. */
function gateOf(
  { routeOptions: { url = '' } }: FastifyRequest,
  { api, operator }: AdmissionParts,
): Gate | undefined {
  if (url.startsWith('/api/')) return api;
  return url.startsWith('/metrics') ? operator : undefined;
}

function workOf(request: FastifyRequest): Work {
  const { url = '', config } = request.routeOptions;
  const { work } = config as RouteWork;
  if (work !== undefined) return work;
  if (url.startsWith('/v1/')) return 'gateway';
  if (url.startsWith('/metrics')) return 'metrics';
  return request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
}
