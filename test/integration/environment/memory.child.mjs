// Prints what the memory check says: while the heap fills up, or while the whole thread pool is busy.
import { execFileSync } from 'node:child_process';
import { constants, openSync, readFile } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { HealthIndicatorService } from '@nestjs/terminus';
import { MemoryCheck } from '../../../build/modules/environment/memory.check.js';

const [what, fifo] = process.argv.slice(2);
const check = new MemoryCheck(new HealthIndicatorService());
const ask = async () => (await check.run()).memory;

if (what === 'heap') {
  const kept = [];
  let last;
  // Filled as a leak fills it, until the check says that the end is near; V8 ends it when the check never does.
  while (last !== 'memory.critical') {
    for (let count = 0; count < 200; count++) kept.push(Array.from({ length: 64 }, (_, at) => ({ at })));
    // A process that does nothing but collect is ended by V8 at four fifths of its heap already.
    await pause(5);
    const { code, message } = await ask();
    if (code !== last) console.log(`${code} ${message}`);
    last = code;
  }
  process.exit(kept.length > 0 ? 0 : 1);
}

if (what === 'pool') {
  execFileSync('mkfifo', [fifo]);
  // To open a pipe without a writer takes until one comes: eight of them fill the pool, which has four threads.
  for (let count = 0; count < 8; count++) readFile(fifo, () => undefined);
  await pause(50);
  const answered = await Promise.race([ask(), pause(2000, undefined)]);
  console.log(answered === undefined ? 'no answer' : answered.code);
  openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  process.kill(process.pid, 'SIGKILL');
}
