import 'reflect-metadata';
import { appServerProcess } from '../app.module.js';
import { runProcess } from '../bootstrap/index.js';

await runProcess(appServerProcess);
