export { DeclaredDependenciesModule, EnvironmentModule } from './environment.module.js';
