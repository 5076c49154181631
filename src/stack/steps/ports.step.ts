import { isFree } from '#devkit';
import { ownerOf } from '../ports.js';
import type { Step } from '../step.js';
import { StepFailure } from '../step-failure.js';

/** The ports of the processes are settings: one that is taken is not replaced by another. */
export const portsStep: Step = {
  name: 'ports',
  run: async ({ environment }) => {
    const { host, PORT, WORKER_PORT, APP_SERVER_PORT, PROXY_USE_APP_SERVER } = environment.settings;
    const ports: readonly (readonly [string, number])[] = [
      ['PORT', PORT],
      ['WORKER_PORT', WORKER_PORT],
      ...(PROXY_USE_APP_SERVER ? [['APP_SERVER_PORT', APP_SERVER_PORT] as const] : []),
    ];
    for (const [setting, port] of ports) {
      if (await isFree(port, host)) continue;
      const owner = await ownerOf(port);
      const airPlay =
        process.platform === 'darwin' && port === 5000
          ? ' On macOS that is often the AirPlay Receiver (System Settings, General, AirDrop & Handoff).'
          : '';
      throw new StepFailure(
        `port ${port} (${setting}) of ${host} is taken${owner === undefined ? '' : ` by ${owner}`}.${airPlay}`,
        `Stop that process, or choose another port: ${setting}=${port + 100} npm run dev:stack`,
      );
    }
    return `${ports.map(([, port]) => port).join(' and ')} are free`;
  },
};
