import '../bootstrap/stop-signals.js';
import 'reflect-metadata';
import '../bootstrap/heap.js';
import { fewAtOnce } from '../bootstrap/load.js';

// Static imports would be loaded before the lines above have run.
const [{ appServerProcess }, { runProcess }] = await fewAtOnce(() =>
  Promise.all([import('../processes/app-server-worker.process.js'), import('../bootstrap/index.js')]),
);

await runProcess(appServerProcess);
