// The door for whoever only looks: nothing behind it knows of Nest, and nothing writes.
import './heartbeat.codes.js';

export { assessEachWorker } from './assess/each-worker.assess.js';
export { depthOf, limitOf, oldestAge } from './assess/depth.js';
export type { Limits, QueueEvidence } from './assess/evidence.js';
export { assessJobs } from './assess/jobs.assess.js';
export { assessLeases, type Lease } from './assess/leases.assess.js';
export { assessQueue } from './assess/queue.assess.js';
export { limitInWords, plural, type Verdict } from './assess/verdict.js';
export { startWatch, watch, type Watch } from './assess/watch.state.js';
export { assessWorkers, isAlive, isHealthy, type WorkerAssessment } from './assess/workers.assess.js';
export { addedAt, lastFailedJob, type FailedJob } from './read/job-words.js';
export { QueueReader } from './read/queue-reader.js';
export { RoundReader, type Round } from './read/round.js';
export type { QueueReading, SlowReading } from './read/reading.js';
