export { redisTarget } from './redis-target.js';
export * from './rooms.js';
