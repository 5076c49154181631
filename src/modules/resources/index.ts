export { Connections, type ConnectionUse } from './connections.js';
export { Descriptors, type DescriptorUse } from './descriptors.js';
export { MemoryUsage } from './memory-usage.js';
