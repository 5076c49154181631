import { codeDefinition, type Code, type RestartEffect } from '../../modules/health/observe.js';
import type { QueueFacts } from './facts.js';

export interface Advice {
  /** What to do first. */
  readonly fix: string;
  /** What to type first, in a shell that has REDIS_URL; null when it depends. */
  readonly command: string | null;
  readonly restart: RestartEffect;
}

/** Where the registry speaks of what the service brings along, which is not here. */
const INSTEAD: Readonly<
  Partial<Record<Code, { readonly fix: string; readonly command?: (key: Key) => string }>>
> = {
  'worker.not_started': { fix: 'Start a worker for this queue.' },
  'worker.lost': { fix: 'Start its worker again, and read the last lines of its log.' },
  'worker.wedged': {
    fix: 'Restart the worker, unless somebody has called its pause().',
    command: (key) => `redis-cli -u "$REDIS_URL" client list | grep ${key.connection}`,
  },
  'queue.backlog': { fix: 'Add workers, or raise their concurrency.' },
  'queue.limited': {
    fix: 'Raise the limit of the queue, unless it is meant.',
    command: ({ of }) => `redis-cli -u "$REDIS_URL" hmget ${of('meta')} max duration concurrency`,
  },
  'queue.paused': { fix: 'Find out who paused it; queue.resume() lets it go on.' },
  'queue.scheduler_dead': {
    fix: 'Call queue.upsertJobScheduler() again, as its application does at start.',
    command: ({ of }) => `redis-cli -u "$REDIS_URL" zrange ${of('repeat')} 0 9 withscores`,
  },
  'jobs.failing': {
    fix: 'Mend what the failed jobs have in common: see failedReason of each.',
    command: ({ of }) => `redis-cli -u "$REDIS_URL" zrevrange ${of('failed')} 0 4`,
  },
  'jobs.some_failing': {
    fix: 'Mend what the failed jobs have in common: see failedReason of each.',
    command: ({ of }) => `redis-cli -u "$REDIS_URL" zrevrange ${of('failed')} 0 4`,
  },
  'jobs.parent_waiting': { fix: 'Retry the failed child, or remove the parent when the child is gone.' },
  'worker.stale_leases': { fix: 'See that a worker runs: BullMQ hands its jobs to the next one.' },
  'worker.unknown': { fix: 'Do what the message says.' },
};

interface Key {
  /** A key of the queue, quoted for a shell. */
  readonly of: (name: string) => string;
  /** How the connections of its workers are called, quoted. */
  readonly connection: string;
}

/** What the registry says of a code, said of this queue. */
export function adviceOn(code: Code, queue: QueueFacts | null): Advice {
  const definition = codeDefinition(code);
  const { restart } = definition;
  if (definition.status === 'pass') return { fix: '', command: null, restart };
  const own = INSTEAD[code];
  if (own !== undefined) {
    const key = queue === null ? null : keyOf(queue);
    return { fix: own.fix, command: key === null ? null : (own.command?.(key) ?? null), restart };
  }
  // Of commands those that ask this very Redis, and no queue by a name of the service's own.
  const { fix, firstCommand } = definition;
  const plain =
    firstCommand.includes('redis-cli -u') &&
    !firstCommand.includes('execution') &&
    !fix.includes('redis-cli -u');
  return { fix, command: plain ? firstCommand : null, restart };
}

/** Null where its name cannot be typed. */
function keyOf({ prefix, name }: QueueFacts): Key | null {
  const base = `${prefix}:${name}`;
  if (/\p{C}/u.test(base)) return null;
  return {
    of: (part) => quoted(`${base}:${part}`),
    connection: quoted(`${prefix}:${base64(name)}`),
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

function quoted(text: string): string {
  return /^[\w:.@%+=/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Of its worker, for whoever is about to do it. */
export const RESTART: Readonly<Record<RestartEffect, string>> = {
  helps: 'a restart helps',
  useless: 'a restart changes nothing',
  harmful: 'a restart does harm',
};
