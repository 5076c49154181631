import 'reflect-metadata';
import { apiProcess } from './app.module.js';
import { runProcess } from './bootstrap/index.js';

await runProcess(apiProcess);
