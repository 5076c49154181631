// Loaded into a process under test before its own code. SIGUSR2 breaks it in the way that SABOTAGE names, and mends
// it again: faults that come from within a process, such as a leak or a bug of a library, cannot be injected from
// outside.
import { isMainThread } from 'node:worker_threads';

let on = false;
let mend = () => undefined;

const ways = {
  // The fetch loop waits for ever, as with BullMQ 6.1.2 after an outage: alive, listed, and takes nothing.
  async 'wedge-fetch-loop'() {
    const { Worker } = await import('bullmq');
    const original = Worker.prototype.waitForJob;
    const held = new Set();
    Worker.prototype.waitForJob = async function (...args) {
      const answer = await original.apply(this, args);
      if (on) await new Promise((resolve) => held.add(resolve));
      return answer;
    };
    return () => () => {
      for (const resolve of held) resolve();
      held.clear();
    };
  },
  // Every client of every pool is taken and never given back.
  async 'leak-pool'() {
    const { default: pg } = await import('pg');
    const pools = new Set();
    const connect = pg.Pool.prototype.connect;
    pg.Pool.prototype.connect = function (...args) {
      pools.add(this);
      return connect.apply(this, args);
    };
    return async () => {
      const leaked = [];
      for (const pool of pools) {
        const all = Array.from({ length: pool.options.max }, () => connect.call(pool));
        leaked.push(...(await Promise.all(all)));
      }
      return () => leaked.forEach((client) => client.release());
    };
  },
  // Every job ends the process, from the start.
  async 'die-of-jobs'() {
    const { Worker } = await import('bullmq');
    Worker.prototype.callProcessJob = () => process.exit(1);
    return () => () => undefined;
  },
  // Its clock is an hour ahead, from the start.
  async skew() {
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
    return () => () => undefined;
  },
};

if (isMainThread) {
  const start = await ways[process.env.SABOTAGE]();
  process.on('SIGUSR2', async () => {
    on = !on;
    if (on) mend = await start();
    else mend();
    process.stdout.write(`sabotage ${on ? 'on' : 'off'}\n`);
  });
}
