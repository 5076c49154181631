import { tryEngine } from './trial.js';

tryEngine('redis-7.0');
