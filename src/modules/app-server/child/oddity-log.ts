import type { SupervisionLogger } from '../../supervision/index.js';
import type { RpcListener } from '../rpc/json-rpc.client.js';

/** Logs what a child sends that cannot be used: the 1st, 10th, 100th ... of a kind, for it may be a flood. */
export class OddityLog {
  constructor(private readonly logger: SupervisionLogger) {}

  ofLife(incarnation: number): RpcListener['oddity'] {
    const counts = new Map<string, number>();
    return (kind, detail) => {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (!/^10*$/.test(String(count))) return;
      this.logger.warn(
        { event: 'oddity', kind, count, incarnation },
        `the child sent something that cannot be used (${kind}, ${count} so far): ${detail}`,
      );
    };
  }
}
