export { freePort } from './free-port.js';
export { spawnGuarded, type Exit, type GuardedChild, type GuardedOptions } from './guarded-child.js';
export { startPostgres, type PostgresInstance, type PostgresOptions } from './postgres-instance.js';
export { findProgram, type Say } from './programs.js';
export { startRedis, type RedisInstance, type RedisOptions } from './redis-instance.js';
export { findRedis, provideRedis } from './redis-program.js';
