import { AbstractConnector } from 'ioredis';

/** Why nothing is connected to: the settings name no Redis that can be used, and another one is never used instead. */
export class RedisNotConfiguredError extends Error {
  override readonly name = 'RedisNotConfiguredError';
  constructor() {
    super('the settings of Redis cannot be used, so nothing is connected to');
  }
}

/** In the place of what opens sockets, so that whoever makes a connection from our options gets none. */
export class NoConnector extends AbstractConnector {
  constructor() {
    super(0);
  }

  override connect(): Promise<never> {
    return Promise.reject(new RedisNotConfiguredError());
  }
}
