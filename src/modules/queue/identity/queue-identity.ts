/** Which queue a process works on. Two processes use the same queue when they saw the same sentinel. */
export interface QueueIdentity {
  /** The UUID that lies beside the queue's data, under its prefix. */
  readonly sentinel: string;
  /** `host:port` or `sentinel <name>`, as configured; no credentials. */
  readonly address: string;
  readonly database: number;
  readonly prefix: string;
  /** The life of the Redis server, null when it does not say. */
  readonly runId: string | null;
}

/** A process and the queue that it uses. */
export interface ProcessQueue {
  readonly queue: string;
  readonly service: string;
  readonly instanceId: string;
  readonly host: string;
  readonly identity: QueueIdentity;
}

/** Two living processes of one deployment that use different queues of the same name. */
export interface QueueConflict {
  readonly own: ProcessQueue;
  readonly other: ProcessQueue;
  /** Names both, for operators. */
  readonly message: string;
}

/** Not merely the same place seen at two moments, before and after it lost its data. */
export function isElsewhere(own: QueueIdentity, other: QueueIdentity): boolean {
  if (own.prefix !== other.prefix || own.database !== other.database) return true;
  // One server may have two names; two servers have two lives.
  return (
    own.address !== other.address && own.runId !== null && other.runId !== null && own.runId !== other.runId
  );
}

export function conflictOf(own: ProcessQueue, other: ProcessQueue): QueueConflict {
  const message = `${name(own)} uses ${place(own.identity)}, ${name(other)} uses ${place(other.identity)}`;
  return { own, other, message: `Two different queues named ${own.queue}: ${message}.` };
}

const name = ({ service, host }: ProcessQueue) => `${service} on ${host}`;
const place = ({ address, database, prefix }: QueueIdentity) =>
  `Redis ${address}, database ${database}, prefix ${prefix}`;
