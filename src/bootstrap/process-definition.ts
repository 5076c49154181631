import type { ModuleMetadata } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Configuration, Settings } from '../modules/config/index.js';
import type { CountConnections } from '../modules/environment/index.js';
import type { ServiceIdentity } from '../modules/health/index.js';
import type { Descriptors } from '../modules/resources/index.js';

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

/** What is there once the settings have been read. */
export interface Parts {
  readonly definition: ProcessDefinition;
  readonly settings: Settings;
  readonly service: ServiceIdentity;
  readonly logger: Logger;
  readonly root: object;
  readonly descriptors: Descriptors;
  /** Told how to count the connections of the process, once there is a server. */
  readonly countConnections: (count: CountConnections) => void;
}
