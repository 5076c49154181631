import type { Step } from '../step.js';
import { apiStep } from './api.step.js';
import { appServerStep } from './app-server.step.js';
import { migrateStep } from './migrate.step.js';
import { portsStep } from './ports.step.js';
import { postgresStep } from './postgres.step.js';
import { redisStep } from './redis.step.js';
import { sameQueueStep } from './same-queue.step.js';
import { workerStep } from './worker.step.js';

/** What `dev:stack` does, in this order; each one is done when the next begins. */
export const STEPS: readonly Step[] = [
  portsStep,
  redisStep,
  postgresStep,
  migrateStep,
  // Before those that ask it, so that it also outlives them.
  appServerStep,
  apiStep,
  workerStep,
  sameQueueStep,
];
