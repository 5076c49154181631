import { tryEngine } from './trial.js';

tryEngine('redis-8.0');
