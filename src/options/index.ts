export { redisTarget, redisTargetOfUrl, whyNotRedisUrl } from './redis-target.js';
export * from './rooms.js';
