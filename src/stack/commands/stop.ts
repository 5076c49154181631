import { setTimeout as pause } from 'node:timers/promises';
import { bringHome, elsewhereOf } from '#devkit';
import type { StackPaths } from '../paths.js';
import { readState } from '../stack-state.js';
import { lockHolder } from '../stack-lock.js';

const SAID_EVERY_MS = 5000;

/** Stops the stack of this checkout, however it was started, and waits until it is gone. */
export async function stop(paths: StackPaths, say: (text: string) => void): Promise<number> {
  const holder = lockHolder(paths.lock);
  if (holder === undefined) {
    const left = elsewhereOf(paths.postgres);
    await bringHome(paths.postgres);
    if (left === undefined) say('The dev stack is not running; there is nothing to stop.');
    else say(`The dev stack is not running; what it had left in ${left} is home again.`);
    return 0;
  }
  say(`Stopping the dev stack (pid ${holder.pid}) ...`);
  process.kill(holder.pid, 'SIGTERM');
  const began = performance.now();
  let saidAt = began;
  while (lockHolder(paths.lock)?.pid === holder.pid) {
    await pause(50);
    if (performance.now() - saidAt < SAID_EVERY_MS) continue;
    saidAt = performance.now();
    const waitsFor = readState(paths.state)?.processes.filter(({ pid }) => pid !== null) ?? [];
    say(`still stopping ${waitsFor.map(({ name }) => name).join(', ')}`);
  }
  say(`Stopped (${((performance.now() - began) / 1000).toFixed(1)} s).`);
  return 0;
}
