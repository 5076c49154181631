import { NestFactory } from '@nestjs/core';
import { Board, Lifecycle, ProbeThread, ProcessSampler } from '../modules/health/index.js';
import { LIMITS } from '../modules/http/index.js';
import { Liveness } from '../modules/liveness/index.js';
import { listenHost } from './listen-host.js';
import { NestLogger } from './logging.js';
import type { Parts } from './process-definition.js';
import type { Running } from './shutdown.js';

/** A process that works, and serves its probes from a thread of their own. */
export async function serveProbes(parts: Parts): Promise<Running> {
  const { definition, settings, service, logger, root, countConnections } = parts;
  const app = await NestFactory.createApplicationContext(root as never, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const thread = new ProbeThread({
    board: app.get(Board),
    liveness: app.get(Liveness),
    sampler: app.get(ProcessSampler),
    service,
    opsToken: settings.OPS_TOKEN,
    loopDeadAfterMs: settings.JOB_STUCK_AFTER_MS,
    limits: LIMITS,
  });
  countConnections(() => thread.connections);
  const host = await listenHost(settings.host);
  const port = await thread.listen(host, definition.port(settings));
  logger.info({ host, port }, 'listening');
  const lifecycle = app.get(Lifecycle);
  lifecycle.nowServing();
  return {
    lifecycle,
    close: async () => {
      await app.close();
      await thread.close();
    },
  };
}
