export type { EnvironmentOptions } from './environment.options.js';
export {
  DeclaredDependenciesModule,
  EnvironmentModule,
  ProcessResourcesModule,
} from './environment.module.js';
export type { CountConnections } from './process-resources.js';
