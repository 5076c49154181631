// The door for whoever judges what was read, as the service judges it: nothing behind it has effects.
import './queue.codes.js';

export { evictedBefore, NO_HISTORY, nextHistory, type RedisHistory } from './check/redis-history.state.js';
export { queueVerdict, type QueueVerdict } from './check/verdict.assess.js';
export {
  assessDurability,
  type Durability,
  type Finding,
  type RedisConfig,
} from './durability/durability.assess.js';
export { memoryOutlook } from './durability/memory.assess.js';
export { parseInfo, type RedisInfo } from './durability/redis-info.policy.js';
