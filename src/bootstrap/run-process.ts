import type { Logger } from 'pino';
import { ConfigModule, parseSettings, readEnvFile, SECRET_NAMES } from '../modules/config/index.js';
import { ProcessResourcesModule, type CountConnections } from '../modules/environment/index.js';
import { HealthModule } from '../modules/health/index.js';
import { createRedact, messageOf, takeEnvironment } from '../modules/kernel/index.js';
import { takeOverStandardStreams } from '../modules/logging/index.js';
import { MetricsModule } from '../modules/metrics/index.js';
import { Descriptors } from '../modules/resources/index.js';
import { letYoungHeapGrow } from './heap.js';
import { fewAtOnce } from './load.js';
import { createLogger } from './logging.js';
import type { Parts, ProcessDefinition } from './process-definition.js';
import { serviceIdentity } from './service-identity.js';
import { Stopping, type Running } from './shutdown.js';

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
    const running = await serve(parts);
    letYoungHeapGrow();
    stopping.started(running);
  } catch (error) {
    logger.fatal({ err: error }, `${definition.name} cannot start: ${messageOf(error)}`);
    process.exitCode = 1;
    setImmediate(() => process.exit(1));
  }
}

/** Loads what serves it, and nothing that serves others. */
async function serve(parts: Parts): Promise<Running> {
  if (parts.definition.probes === 'own-thread') {
    const { serveProbes } = await fewAtOnce(() => import('./serve-probes.js'));
    return await serveProbes(parts);
  }
  const { serveApi } = await fewAtOnce(() => import('./serve-api.js'));
  return await serveApi(parts);
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
