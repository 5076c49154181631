import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { holdIdle } from '../fixtures/idle-connections.js';
import { tempDir } from '../fixtures/temp-dir.js';
import { UnreadPipe } from '../fixtures/unread-pipe.js';
import { emptyDisk, fillDisk, mountDisk, mountingIsPossible } from './harness/disk.js';
import type { Fault, Verdict } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

const warns = (check: string, code: string, restart: Verdict['restart']): Verdict => ({
  ready: true,
  heartbeat: 'pass',
  health: 'warn',
  check,
  code,
  restart,
  target: 'self',
});

/** 10 kB a second by `console.log`, as a library may. */
const TALKS = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `setInterval(() => console.log('something '.repeat(100)), 100).unref()`,
  )}`,
};
const TURNED = /"code":"log\.failing".*pass -> warn|pass -> warn.*"code":"log\.failing"/;

const disk = { dir: '' };
let pipe: UnreadPipe;
let heard = '';
let reader: NodeJS.Timeout | undefined;
let letGo: (() => void) | undefined;

function readOn(stack?: Stack): void {
  reader = setInterval(() => (heard += pipe.read()), 20);
  const read = reader;
  stack?.onEnd(() => clearInterval(read));
}

function crowd(stack: Stack): Promise<void> {
  letGo = holdIdle(stack.api.url, 1300);
  stack.onEnd(letGo);
  return Promise.resolve();
}

const crowded = {
  detectWithinMs: 5000,
  // The warning stays for 10 s after the last one that found no room.
  recoverWithinMs: 15_000,
  heal: () => Promise.resolve(letGo?.()),
} as const;

const FAULTS: readonly Fault[] = [
  {
    id: 'H15',
    title: 'the disk of the log is full',
    given: {
      api: TALKS,
      apiShell: () => {
        disk.dir = tempDir('log-disk');
        mountDisk(disk.dir, 4);
        return `exec "$@" >>'${join(disk.dir, 'log')}' 2>&1`;
      },
    },
    expected: { ...warns('log', 'log.failing', 'harmful'), says: /ENOSPC/ },
    detectWithinMs: 5000,
    recoverWithinMs: 5000,
    canInject: mountingIsPossible,
    inject: () => Promise.resolve(fillDisk(disk.dir)),
    heal: () => Promise.resolve(emptyDisk(disk.dir)),
    after() {
      // What was said meanwhile was kept.
      expect(readFileSync(join(disk.dir, 'log'), 'utf8')).toMatch(TURNED);
      return Promise.resolve();
    },
  },
  {
    id: 'H15',
    title: 'the reader of the log stalls',
    given: {
      api: TALKS,
      apiShell: () => {
        pipe = new UnreadPipe();
        readOn();
        return `exec "$@" >'${pipe.path}' 2>&1`;
      },
    },
    expected: { ...warns('log', 'log.failing', 'harmful'), says: /is not read/ },
    detectWithinMs: 5000,
    recoverWithinMs: 5000,
    inject() {
      clearInterval(reader);
      pipe.fill();
      return Promise.resolve();
    },
    heal: (stack) => Promise.resolve(readOn(stack)),
    after() {
      expect(heard).toMatch(TURNED);
      return Promise.resolve();
    },
  },
  {
    id: 'H16',
    title: 'no descriptor left of 1024, as of now',
    ...crowded,
    expected: {
      ...warns('descriptors', 'process.descriptors', 'useless'),
      says: /of at most 768 connections/,
    },
    canInject: () =>
      spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'there is no prlimit (util-linux)',
    inject(stack) {
      execFileSync('prlimit', ['--pid', String(stack.api.process.pid), '--nofile=1024']);
      return crowd(stack);
    },
  },
  {
    id: 'H16',
    title: 'no descriptor left of 256, from the start',
    ...crowded,
    given: { apiShell: () => 'ulimit -n 256; exec "$@"' },
    expected: {
      ...warns('descriptors', 'process.descriptors', 'useless'),
      says: /of at most 128 connections/,
    },
    inject: crowd,
  },
];

proveFaults('The process itself', FAULTS);
