import { Module } from '@nestjs/common';
import { EnvironmentCheck } from './environment.check.js';
import { EventLoopCheck } from './event-loop.check.js';
import { EvmRpcCheck } from './evm-rpc.check.js';
import { MemoryCheck } from './memory.check.js';
import { UnreportedDependencies } from './unreported-dependencies.js';

/** Checks of what every process stands on: settings and secrets, memory, the event loop. */
@Module({ providers: [EnvironmentCheck, MemoryCheck, EventLoopCheck] })
export class EnvironmentModule {}

/** Checks of the dependencies that the deployment declares; for the process that takes work in. */
@Module({ providers: [EvmRpcCheck, UnreportedDependencies] })
export class DeclaredDependenciesModule {}
