import { describeTarget, primariesOf, redisFailure, type RedisTarget } from '../../modules/redis/index.js';
import type { Redis } from 'ioredis';
import { monotonic } from '../../modules/kernel/index.js';
import { CliError, EXIT } from '../exit-codes.js';
import type { LookFacts } from './facts.js';
import { findQueues } from './find-queues.js';
import { worstServer } from './judge.assess.js';
import { onlooker } from './onlooker.js';
import { Rounds, together } from './rounds.js';
import { WatchedQueue } from './watched-queue.js';
import { WatchedRedis } from './watched-redis.js';

/** A Redis that takes longer to connect, or for one answer, is gone as far as a look of ten seconds can tell. */
const WITHIN_MS = 5000;
const EVERY_MS = 2000;
/** Of many queues each is asked less often. */
const PER_QUEUE_MS = 25;

export interface LookOptions {
  readonly target: RedisTarget;
  readonly prefix: string | undefined;
  readonly queues: readonly string[];
  readonly forMs: number;
}

/** Tells how it gets on: what is done, and how long it still takes. */
export type Tell = (what: string, leftMs: number) => void;

/**
 * Looks at the queues of a Redis for some seconds, and only reads. Throws `CliError` when Redis is not reached or is lost;
 * null when it was interrupted, for what was seen until then is not the whole of it.
 */
export async function look(options: LookOptions, tell: Tell, signal: AbortSignal): Promise<LookFacts | null> {
  const { target, forMs } = options;
  const address = addressOf(target);
  tell(`connecting to ${address} …`, 0);
  const connected = await onlooker(target, WITHIN_MS, signal);
  if (signal.aborted) return null;
  if (connected.kind === 'failed') throw unreachable(address, connected.failure);
  const { redis, reading } = connected;
  const abort = () => redis.disconnect();
  signal.addEventListener('abort', abort, { once: true });
  const began = monotonic();
  try {
    tell(`looking for queues of ${address} …`, 0);
    const servers = serversOf(redis, target).map((each) => new WatchedRedis(each.redis, each.address, forMs));
    const lookAtServers = () => together(servers, (each) => each.look());
    await lookAtServers();
    const { queues: names, search } = await findQueues(redis, {
      prefix: options.prefix,
      names: options.queues,
    });
    const queues = names.map((name) => new WatchedQueue(redis, name, forMs));
    const rounds = new Rounds(redis);
    const watchedFrom = monotonic();
    const what = `watching ${names.length === 1 ? '1 queue' : `${names.length} queues`} of ${address} for ${forMs / 1000} s …`;
    const everyMs = Math.min(forMs, Math.max(EVERY_MS, PER_QUEUE_MS * names.length));
    for (let turn = 0; names.length > 0; turn += 1) {
      const isLast = monotonic() - watchedFrom >= forMs;
      await rounds.look(queues, isLast);
      if (turn > 0) await lookAtServers();
      if (isLast) break;
      const left = watchedFrom + forMs - monotonic();
      await waited(Math.min(left, watchedFrom + (turn + 1) * everyMs - monotonic()), signal, () =>
        tell(what, watchedFrom + forMs - monotonic()),
      );
    }
    await together(queues, (each) => each.lastWords());
    if (signal.aborted) return null;
    return {
      at: Date.now(),
      watchedMs: Math.round(monotonic() - watchedFrom),
      redis: worstServer(servers.map((each) => each.facts())),
      queues: queues.map((each) => each.facts()),
      search,
      withheld: reading.withheld,
      sent: reading.sent,
    };
  } catch (error) {
    if (signal.aborted) return null;
    const { disconnected, text } = redisFailure(error);
    if (!disconnected) throw error;
    const seconds = Math.round((monotonic() - began) / 1000);
    throw new CliError(
      `${address} went away ${seconds} s after it had answered: ${text}`,
      EXIT.nobodyAnswered,
    );
  } finally {
    signal.removeEventListener('abort', abort);
    redis.disconnect();
  }
}

/** As it is written, without credentials. */
export function addressOf(target: RedisTarget): string {
  const where = describeTarget(target);
  if (where.startsWith('unix:')) return `${where}${target.db === 0 ? '' : ` db ${target.db}`}`;
  return `${target.tls ? 'rediss' : 'redis'}://${where}/${target.db}`;
}

/** The server, or every primary of a Cluster. */
function serversOf(redis: Redis, target: RedisTarget) {
  if (!redis.isCluster) return [{ redis, address: addressOf(target) }];
  return primariesOf(redis).map((node) => {
    const { host = target.host, port = target.port } = node.options;
    return { redis: node, address: addressOf({ ...target, host, port }) };
  });
}

function unreachable(
  address: string,
  { code, text }: { readonly code: string; readonly text: string },
): CliError {
  const what = code === 'redis.credentials_rejected' ? 'rejected the credentials' : 'did not answer';
  return new CliError(`${address} ${what}: ${text} (${code})`, EXIT.nobodyAnswered);
}

/** Waits, and calls `tick` at the beginning and every second. */
async function waited(ms: number, signal: AbortSignal, tick: () => void): Promise<void> {
  const until = monotonic() + ms;
  for (let left = ms; left > 0 && !signal.aborted; left = until - monotonic()) {
    tick();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.min(left, 1000));
      signal.addEventListener('abort', done, { once: true });
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
