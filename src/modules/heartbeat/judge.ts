// The door for whoever judges what was read, as the service judges it: nothing behind it has effects.
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
export type { FailedJob } from './read/job-words.js';
export type { QueueReading, SlowReading } from './read/reading.js';
