export { every } from './every.js';
