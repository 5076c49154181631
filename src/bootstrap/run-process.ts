import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import {
  ConfigModule,
  type Configuration,
  parseSettings,
  readEnvFile,
  SECRET_NAMES,
  type Settings,
} from '../modules/config/index.js';
import {
  Board,
  HealthModule,
  Lifecycle,
  ProbeAnswers,
  ProbeThread,
  ProcessSampler,
  type ServiceIdentity,
} from '../modules/health/index.js';
import { LIMITS, ProblemFilter } from '../modules/http/index.js';
import { ProcessResourcesModule, type CountConnections } from '../modules/environment/index.js';
import { createRedact, messageOf, takeEnvironment } from '../modules/kernel/index.js';
import { Liveness } from '../modules/liveness/index.js';
import { takeOverStandardStreams } from '../modules/logging/index.js';
import { MetricsModule } from '../modules/metrics/index.js';
import { Connections, Descriptors } from '../modules/resources/index.js';
import { HttpFront } from './http-adapter.js';
import { listenHost } from './listen-host.js';
import { createLogger, NestLogger } from './logging.js';
import { serviceIdentity } from './service-identity.js';
import { Stopping, type Running } from './shutdown.js';
import { letYoungHeapGrow } from './heap.js';

/** What a process is made of. */
export interface ProcessDefinition {
  readonly name: string;
  port(settings: Settings): number;
  imports(configuration: Configuration, service: ServiceIdentity): NonNullable<ModuleMetadata['imports']>;
  /**
   * `main-thread`: the process serves an API, and the probes with it.
   * `own-thread`: the process runs users' jobs, which may keep its loop busy, and serves only probes.
   */
  readonly probes: 'main-thread' | 'own-thread';
  /** Whether it answers `/api/production/*`: only who watches the queues can. */
  readonly watchesQueues?: boolean;
}

interface Parts {
  readonly definition: ProcessDefinition;
  readonly settings: Settings;
  readonly service: ServiceIdentity;
  readonly logger: Logger;
  readonly root: object;
  readonly descriptors: Descriptors;
  /** Told how to count the connections of the process, once there is a server. */
  readonly countConnections: (count: CountConnections) => void;
}

/** Boots a process, whatever its settings and dependencies are like. Only a port that cannot be bound ends it. */
export async function runProcess(definition: ProcessDefinition): Promise<void> {
  const streams = takeOverStandardStreams();
  const fileProblem = loadEnvFile();
  const { values, left } = takeEnvironment(SECRET_NAMES);
  const configuration = parseSettings(values, fileProblem);
  const { settings } = configuration;
  const service = serviceIdentity(definition.name, settings);
  const logger = createLogger(
    settings.LOG_LEVEL,
    definition.name,
    createRedact(configuration.secrets),
    streams.stdout,
  );
  endOnDefects(logger);
  if (left !== null) logger.debug(`the environment of this process can be read in /proc (${left})`);
  const stopping = new Stopping(logger, settings);
  for (const problem of configuration.problems) logger.error({ setting: problem.name }, problem.message);

  const descriptors = new Descriptors();
  let connections: CountConnections = () => null;
  class Root {}
  const root = {
    module: Root,
    imports: [
      ConfigModule.forRoot(configuration),
      MetricsModule.forRoot({ process: definition.name, opsToken: settings.OPS_TOKEN }),
      HealthModule.forRoot(service, {
        serving: false,
        forPlatform: definition.watchesQueues === true,
        opsToken: settings.OPS_TOKEN,
      }),
      ProcessResourcesModule.forRoot({ streams, descriptors, connections: () => connections() }),
      ...definition.imports(configuration, service),
    ],
  };
  const parts: Parts = {
    definition,
    settings,
    service,
    logger,
    root,
    descriptors,
    countConnections: (count) => (connections = count),
  };
  try {
    const running = definition.probes === 'own-thread' ? await runWithThread(parts) : await runWithApi(parts);
    letYoungHeapGrow();
    stopping.started(running);
  } catch (error) {
    logger.fatal({ err: error }, `${definition.name} cannot start: ${messageOf(error)}`);
    process.exitCode = 1;
    setImmediate(() => process.exit(1));
  }
}

async function runWithApi(parts: Parts): Promise<Running> {
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

async function runWithThread(parts: Parts): Promise<Running> {
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

/** A `.env` beside the process fills in what the environment leaves out. Answers what is wrong with it. */
function loadEnvFile(): string | undefined {
  const { values, problem } = readEnvFile('.env');
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
  return problem;
}

function endOnDefects(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception: this is a defect; exiting');
    process.exit(70);
  });
  // A driver's stray rejection must not take down the process that reports on that driver.
  process.on('unhandledRejection', (reason) => {
    logger.error({ err: reason }, 'unhandled rejection: this is a defect');
  });
}
