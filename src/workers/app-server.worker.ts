import '../bootstrap/stop-signals.js';
import 'reflect-metadata';
import '../bootstrap/heap.js';

// Static imports would be loaded before the line above has run.
const { appServerProcess } = await import('../app.module.js');
const { runProcess } = await import('../bootstrap/index.js');

await runProcess(appServerProcess);
