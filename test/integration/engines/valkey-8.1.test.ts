import { tryEngine } from './trial.js';

tryEngine('valkey-8.1');
