/** A queue of BullMQ: its prefix, `bull` where nobody chose another, and its name. */
export interface QueueScope {
  readonly prefix: string;
  readonly queue: string;
}

/** A key of BullMQ's own, such as `bullKey(scope, 'wait')`. */
export const bullKey = ({ prefix, queue }: QueueScope, ...parts: readonly string[]) =>
  [prefix, queue, ...parts].join(':');
/** Where Probity keeps its own things: `<prefix>:<queue>:probity:...`, beside BullMQ's keys and under its ACL. */
export const probityKey = (scope: QueueScope, ...parts: readonly string[]) =>
  bullKey(scope, 'probity', ...parts);

/** The last heartbeat of a worker, JSON. */
export const heartbeatKey = (scope: QueueScope, workerId: string) => probityKey(scope, 'worker', workerId);
/** The ids of all workers of a queue, scored by the server time of their last heartbeat. */
export const indexKey = (scope: QueueScope) => probityKey(scope, 'workers');
/** A channel that only this life of the worker subscribes to: nobody there means it is dead. */
export const aliveChannel = (scope: QueueScope, workerId: string, incarnation: string) =>
  probityKey(scope, 'alive', workerId, incarnation);

/** Holds the stamp, the UUID of this life of the queue's data: whoever finds another there looks at another queue. */
export const stampKey = (scope: QueueScope) => probityKey(scope, 'sentinel');

/** The name of the job that the end-to-end canary travels in. Users' processors never see it. */
export const CANARY_JOB = 'probity:canary';
