// The door for whoever only looks: nothing behind it knows of Nest, and nothing writes.
import './queue.codes.js';

export { evictedBefore, NO_HISTORY, nextHistory, type RedisHistory } from './check/redis-history.state.js';
export { queueVerdict, type QueueVerdict } from './check/verdict.assess.js';
export { connectionNames } from './discovery/connection-names.js';
export { QueueDiscovery, type Changes, type DiscoveryScope } from './discovery/queue-discovery.js';
export { prefixOfKey, queueOfConnection } from './discovery/queue-names.policy.js';
export {
  assessDurability,
  type Durability,
  type Finding,
  type RedisConfig,
} from './durability/durability.assess.js';
export { parseInfo, type RedisInfo } from './durability/redis-info.policy.js';
export { JOB_STATE_KEYS, JOB_STATES_SCRIPT } from './look/job-states.script.js';
export { readConfig } from './look/read-config.js';
export type { QueueCode } from './queue-code.js';
