// The door for whoever only looks: nothing behind it knows of Nest, and nothing writes.
export { QueueDiscovery, type Changes, type DiscoveryScope } from './discovery/queue-discovery.js';
export { prefixOfKey, queueOfConnection } from './discovery/queue-names.policy.js';
export { JOB_STATE_KEYS, JOB_STATES_SCRIPT } from './look/job-states.script.js';
export { readConfig } from './look/read-config.js';
