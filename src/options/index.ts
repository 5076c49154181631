export { databaseOptions } from './rooms.js';
