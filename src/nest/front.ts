import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ProbeHandler } from '../modules/health/index.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** As far as an adapter of Nest is needed. */
export interface HttpAdapter {
  getHttpServer(): Server;
  getType(): string;
  getInstance(): unknown;
}

/** What of Fastify is needed. */
interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (request: Raw, reply: Raw & { hijack(): void }, done: () => void) => void,
  ): void;
}
interface Raw {
  readonly raw: unknown;
}

/**
 * Answers probes before anything of the application sees a request: routers, guards, prefixes, body parsers. All else
 * it gets as before.
 */
export function standBefore(adapter: HttpAdapter, probes: ProbeHandler): void {
  const server = adapter.getHttpServer();
  const behind = server.listeners('request') as Listener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (probes(request, response)) return;
    for (const listener of behind) listener.call(server, request, response);
  });
  if (adapter.getType() !== 'fastify') return;
  // Where `localhost` means two addresses, Fastify listens at the second one with a server of its own.
  (adapter.getInstance() as FastifyLike).addHook('onRequest', (request, reply, done) => {
    if (!probes(request.raw as IncomingMessage, reply.raw as ServerResponse)) return done();
    reply.hijack();
  });
}

/** Counts what is open, from now on. */
export function countConnections(server: Server): () => number {
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  return () => open;
}
