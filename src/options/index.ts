export { redisTarget } from './redis-target.js';
export {
  appServerOptions,
  databaseOptions,
  environmentOptions,
  executionsOptions,
  heartbeatOptions,
  llmOptions,
  queueOptions,
} from './rooms.js';
