import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Lifecycle, ProbeAnswers, ProcessSampler } from '../modules/health/index.js';
import { LIMITS, ProblemFilter } from '../modules/http/index.js';
import { Connections } from '../modules/resources/index.js';
import { HttpFront } from './http-adapter.js';
import { listenHost } from './listen-host.js';
import { NestLogger } from './logging.js';
import type { Parts } from './process-definition.js';
import type { Running } from './shutdown.js';

/** A process that serves an API, and its probes with it. */
export async function serveApi(parts: Parts): Promise<Running> {
  const { definition, settings, logger, root, descriptors, countConnections } = parts;
  const connections = new Connections(descriptors, LIMITS.maxConnections);
  const front = new HttpFront(connections);
  const app = await NestFactory.create<NestFastifyApplication>(root as never, front.adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const lifecycle = app.get(Lifecycle);
  app.useGlobalFilters(new ProblemFilter());
  front.serve(app.get(ProbeAnswers), lifecycle, {
    apiToken: settings.API_TOKEN,
    opsToken: settings.OPS_TOKEN,
    production: settings.production,
    forPlatform: definition.watchesQueues === true,
  });
  countConnections(() => connections.use());
  app.get(ProcessSampler).countConnections(() => connections.use().open);
  const host = await listenHost(settings.host);
  await app.listen({ port: definition.port(settings), host, backlog: LIMITS.backlog });
  logger.info({ url: await app.getUrl() }, 'listening');
  lifecycle.nowServing();
  return { lifecycle, close: () => app.close() };
}
