export { migrate } from './run-migrations.js';
