import { tryEngine } from './trial.js';

tryEngine('redis-6.0');
