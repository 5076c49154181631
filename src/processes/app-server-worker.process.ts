import type { ProcessDefinition } from '../bootstrap/index.js';
import { AppServerModule } from '../modules/app-server/index.js';
import { EnvironmentModule } from '../modules/environment/index.js';
import { appServerOptions, environmentOptions } from '../options/index.js';

/** Supervises the codex app-server, and serves through it. */
export const appServerProcess: ProcessDefinition = {
  name: 'app-server-worker',
  port: (settings) => settings.APP_SERVER_PORT,
  probes: 'main-thread',
  imports: (configuration) => [
    EnvironmentModule.forRoot(environmentOptions(configuration)),
    AppServerModule.forRoot(appServerOptions(configuration)),
  ],
};
