import { join } from 'node:path';
import { findRedis, privateRedis, provideRedis } from '#devkit';
import { parsedRedisUrl } from '../../modules/config/index.js';
import { connectWatch } from '../../modules/redis/index.js';
import { redisTarget } from '../../options/index.js';
import { composeUp, hasDocker } from '../docker.js';
import { fixOf, sectionOf } from '../gate.policy.js';
import type { Stack } from '../stack.js';
import type { Step } from '../step.js';
import { StepFailure } from '../step-failure.js';
import { startPrivate } from './private.js';

const SETTINGS = ['REDIS_URL', 'QUEUE_REDIS_SENTINELS', 'QUEUE_REDIS_HOST', 'QUEUE_REDIS_PORT'];
const PORT = 6379;
const CONNECTS_WITHIN_MS = 3000;

/** The Redis that the settings name, else a program of this machine, else Docker, else one that is installed. */
export const redisStep: Step = {
  name: 'redis',
  run: async (stack, say, signal) => {
    const { environment } = stack;
    if (environment.settings.QUEUE_DRIVER === 'inmemory') return 'not needed by QUEUE_DRIVER=inmemory';
    const { queueProblems } = environment.configuration;
    if (queueProblems.length > 0) {
      throw new StepFailure(
        `the queue is not configured, and nothing is used instead: ${queueProblems.map(({ message }) => message).join('; ')}`,
        'Correct these settings, or unset all of them, and dev:stack brings its own Redis.',
      );
    }
    const named = SETTINGS.find((name) => environment.has(name));
    if (named !== undefined) {
      const address = addressOf(stack);
      await mustAnswer(stack, signal);
      stack.note('redis', address, `named by ${named}`);
      return `${address}, named by ${named}`;
    }
    const program = found();
    if (program !== undefined) return startProgram(stack, program, signal);
    if (await hasDocker()) {
      const up = await composeUp('redis', say);
      if (up.ok) {
        environment.provide('REDIS_URL', `redis://127.0.0.1:${PORT}`);
        stack.note('redis', `127.0.0.1:${PORT}`, 'run by Docker', up.stop);
        return `127.0.0.1:${PORT}, run by Docker`;
      }
      say(`Docker could not: ${up.why}`);
    }
    const installed = await provideRedis(say).catch((error: unknown) => {
      throw new StepFailure(
        (error as Error).message,
        'Then start again, or set REDIS_URL to a Redis of your own.',
      );
    });
    return startProgram(stack, installed, signal);
  },
};

/**
 * A Redis of somebody else is either there or not: nobody waits for it. What else may be wrong with it, and whether
 * it loads its data, is asked at the gate.
 */
async function mustAnswer({ environment }: Stack, signal: AbortSignal): Promise<void> {
  const connected = await connectWatch(
    redisTarget(environment.settings),
    'probity-stack',
    CONNECTS_WITHIN_MS,
    signal,
  );
  if (connected.kind === 'connected') return connected.redis.disconnect();
  const { code, text } = connected.failure;
  throw new StepFailure(
    `Redis cannot be had: ${environment.redact(text)} (${code})`,
    `${fixOf(code, false)} Runbook: ${sectionOf(code)}`,
  );
}

function found(): string | undefined {
  try {
    return findRedis();
  } catch (error) {
    throw new StepFailure((error as Error).message, 'Correct REDIS_SERVER, or unset it.');
  }
}

async function startProgram(stack: Stack, program: string, signal: AbortSignal): Promise<string> {
  const port = await stack.ports.choose('redis', PORT);
  const server = privateRedis({ program, dir: join(stack.paths.data, 'redis'), port });
  stack.environment.provide('REDIS_URL', server.url);
  await startPrivate(stack, 'redis', server, signal);
  return `private ${program.split('/').at(-1)} on ${server.host}:${port}, append-only file on`;
}

function addressOf({ environment }: Stack): string {
  const { REDIS_URL, QUEUE_REDIS_HOST, QUEUE_REDIS_PORT, QUEUE_REDIS_SENTINELS } = environment.settings;
  if (REDIS_URL !== undefined) return parsedRedisUrl(REDIS_URL)?.host ?? '';
  if (QUEUE_REDIS_SENTINELS !== undefined) return `sentinels ${QUEUE_REDIS_SENTINELS.join(', ')}`;
  return `${QUEUE_REDIS_HOST}:${QUEUE_REDIS_PORT}`;
}
