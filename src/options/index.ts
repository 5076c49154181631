export { redisTarget } from './redis-target.js';
export {
  appServerOptions,
  databaseOptions,
  executionsOptions,
  heartbeatOptions,
  queueOptions,
} from './rooms.js';
