/** Inject with `@Inject(QUEUE_CONNECTION) connection: Redis`: what the queues of this process share. */
export const QUEUE_CONNECTION = Symbol('QUEUE_CONNECTION');
