import { Module, type DynamicModule } from '@nestjs/common';
import type { StandardStreams } from '../logging/index.js';
import type { Descriptors } from '../resources/index.js';
import { DescriptorsCheck } from './descriptors.check.js';
import { EnvironmentCheck } from './environment.check.js';
import { ENVIRONMENT_OPTIONS, type EnvironmentOptions } from './environment.options.js';
import { EventLoopCheck } from './event-loop.check.js';
import { EvmRpcCheck } from './evm-rpc.check.js';
import { LogCheck } from './log.check.js';
import { MemoryCheck } from './memory.check.js';
import { CONNECTIONS, DESCRIPTORS, STANDARD_STREAMS, type CountConnections } from './process-resources.js';
import { UnreportedDependencies } from './unreported-dependencies.js';

const CHECKS = [EnvironmentCheck, MemoryCheck, EventLoopCheck];

/** Checks of what every process stands on: settings and secrets, memory, the event loop. */
@Module({ providers: CHECKS, exports: CHECKS })
export class EnvironmentModule {
  static forRoot(options: EnvironmentOptions): DynamicModule {
    return { module: EnvironmentModule, providers: [{ provide: ENVIRONMENT_OPTIONS, useValue: options }] };
  }
}

export interface ProcessResources {
  readonly streams: StandardStreams;
  readonly descriptors: Descriptors;
  readonly connections: CountConnections;
}

/** Checks of what the system gives to a process: where its log goes, and descriptors. */
@Module({})
export class ProcessResourcesModule {
  static forRoot({ streams, descriptors, connections }: ProcessResources): DynamicModule {
    return {
      module: ProcessResourcesModule,
      providers: [
        { provide: STANDARD_STREAMS, useValue: streams },
        { provide: DESCRIPTORS, useValue: descriptors },
        { provide: CONNECTIONS, useValue: connections },
        LogCheck,
        DescriptorsCheck,
      ],
    };
  }
}

/** Checks of the dependencies that the deployment declares; for the process that takes work in. */
@Module({})
export class DeclaredDependenciesModule {
  static forRoot(options: EnvironmentOptions): DynamicModule {
    const hasChain = options.evmRpcUrl !== undefined || options.declared.includes('evm-rpc');
    return {
      module: DeclaredDependenciesModule,
      providers: [
        { provide: ENVIRONMENT_OPTIONS, useValue: options },
        UnreportedDependencies,
        ...(hasChain ? [EvmRpcCheck] : []),
      ],
    };
  }
}
