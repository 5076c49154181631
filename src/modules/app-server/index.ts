export type { AppServerOptions } from './app-server.options.js';
export { AppServerCheckModule, AppServerModule } from './app-server.module.js';
export { REASONS, type Reason } from './state/reasons.js';
