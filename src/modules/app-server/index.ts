export { AppServerCheckModule, AppServerModule } from './app-server.module.js';
export { REASONS, type Reason } from './state/reasons.js';
