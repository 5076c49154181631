import { consumptionCodes } from './codes/consumption.codes.js';
import { eachWorkerCodes } from './codes/each-worker.codes.js';
import { foundCodes } from './codes/found.codes.js';
import { jobsCodes } from './codes/jobs.codes.js';
import { workerCodes } from './codes/worker.codes.js';

/** Whether the queues are consumed, and what comes of it. */
export const heartbeatCodes = {
  ...consumptionCodes,
  ...eachWorkerCodes,
  ...foundCodes,
  ...jobsCodes,
  ...workerCodes,
};

type HeartbeatCodes = typeof heartbeatCodes;
declare global {
  namespace Probity {
    interface Codes extends HeartbeatCodes {}
  }
}
