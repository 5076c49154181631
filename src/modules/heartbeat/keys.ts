import { probityKey, sentinelKey as queueSentinelKey } from '../queue/index.js';

export interface QueueScope {
  readonly prefix: string;
  readonly queue: string;
}

const key = (scope: QueueScope, ...parts: readonly string[]) => probityKey(scope, scope.queue, ...parts);

/** The last heartbeat of a worker, JSON. */
export const heartbeatKey = (scope: QueueScope, workerId: string) => key(scope, 'worker', workerId);
/** The ids of all workers of a queue, scored by the server time of their last heartbeat. */
export const indexKey = (scope: QueueScope) => key(scope, 'workers');
/** A channel that only this life of the worker subscribes to: nobody there means it is dead. */
export const aliveChannel = (scope: QueueScope, workerId: string, incarnation: string) =>
  key(scope, 'alive', workerId, incarnation);

/** Where the queue keeps its incarnation. */
export const sentinelKey = (scope: QueueScope) => queueSentinelKey(scope, scope.queue);

/** The name of the job that the end-to-end canary travels in. Users' processors never see it. */
export const CANARY_JOB = 'probity:canary';
