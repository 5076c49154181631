import 'reflect-metadata';
import { executionWorkerProcess } from '../app.module.js';
import { runProcess } from '../bootstrap/index.js';

await runProcess(executionWorkerProcess);
