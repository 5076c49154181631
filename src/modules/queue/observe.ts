// The door for whoever only looks: nothing behind it knows of Nest, and nothing writes.
export { QueueDiscovery, type Changes, type DiscoveryScope } from './discovery/queue-discovery.js';
