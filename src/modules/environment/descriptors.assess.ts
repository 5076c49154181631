import type { Code } from '../health/index.js';
import type { ConnectionUse, DescriptorUse } from '../resources/index.js';

export interface DescriptorsAssessment {
  readonly code: Code;
  readonly message: string;
}

const NEARLY_ALL = 0.9;
const FULL_LATELY_MS = 10_000;

/** Are descriptors, or the connections that they allow, used up? Null connections: there is no server here. */
export function assessDescriptors(
  { open, limit }: DescriptorUse,
  connections: ConnectionUse | null,
): DescriptorsAssessment {
  const parts: string[] = [];
  const known = open !== null && limit !== null;
  if (known) parts.push(`${open} of ${limit} descriptors are open`);
  const few = known && open >= NEARLY_ALL * limit;
  const full = connections !== null && connections.open >= connections.bound;
  const crowded = connections?.lastFullMs != null && connections.lastFullMs < FULL_LATELY_MS;
  if (connections !== null && (few || full || crowded)) {
    const { refused, closedIdle } = connections;
    parts.push(
      `${connections.open} of at most ${connections.bound} connections`,
      `since the start ${refused} were refused and ${closedIdle} idle ones closed to let others in`,
    );
  }
  const message = parts.join(', ');
  if (few || full || crowded) return { code: 'process.descriptors', message };
  return {
    code: 'process.descriptors_ok',
    message: message === '' ? 'The system does not tell how many descriptors are open.' : message,
  };
}
