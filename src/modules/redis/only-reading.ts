import type { Cluster, Redis } from 'ioredis';
import { isWithheld } from './withheld.policy.js';

type Send = Redis['sendCommand'];
type Command = Parameters<Send>[0];

/** Commands that only read, and those without which nobody gets in. */
const READS = new Set(
  `auth hello select ping quit info time role exists type ttl pttl get mget getrange strlen hget hmget hlen llen lrange
   lindex zcard zcount zscore zrange zrevrange zrangebyscore zrevrangebyscore scard sismember srandmember xlen xrevrange
   scan`.split(/\s+/),
);
/** Of these only some subcommands do. */
const READING_PARTS: Readonly<Record<string, readonly string[]>> = {
  client: ['list', 'setname', 'setinfo'],
  cluster: ['info', 'slots'],
  config: ['get'],
  pubsub: ['numsub'],
};
/** As Redis itself would say it, so that whoever can do without does. */
const REFUSAL = 'NOPERM only what reads is sent by this connection';

/** What a connection has done that may do nothing but read. */
export interface Reading {
  /** Commands that were sent. */
  readonly sent: number;
  /** Those that Redis refuses as such, or does not know, such as `CONFIG GET`; sorted. */
  readonly withheld: readonly string[];
}

/**
 * Makes of a connection one that only reads: anything else is refused before it is sent, scripts too, which may be more than
 * they say. Of a Cluster every connection to a node becomes one, also those that are made later.
 */
export function onlyReading(redis: Redis): Reading {
  if (!redis.isCluster) return guarded(redis);
  const cluster = redis as unknown as Cluster;
  const nodes = cluster.nodes().map(guarded);
  cluster.on('+node', (node: Redis) => nodes.push(guarded(node)));
  return {
    get sent() {
      return nodes.reduce((sum, node) => sum + node.sent, 0);
    },
    get withheld() {
      return [...new Set(nodes.flatMap((node) => node.withheld))].sort();
    },
  };
}

function guarded(redis: Redis): Reading {
  const send: Send = redis.sendCommand.bind(redis);
  const withheld = new Set<string>();
  let sent = 0;
  const onlyReads: Send = (command, stream) => {
    if (!reads(command)) {
      // A pipeline sends what it has when as much was written as it has commands.
      (stream as { write(text: string): void } | undefined)?.write('');
      command.reject(new Error(REFUSAL));
      return command.promise;
    }
    sent += 1;
    command.promise.catch((error: unknown) => {
      if (isWithheld(error) && !/permissions to access/.test((error as Error).message) && tells(command))
        withheld.add(nameOf(command));
    });
    return send(command, stream);
  };
  Object.assign(redis, { sendCommand: onlyReads });
  return {
    get sent() {
      return sent;
    },
    get withheld() {
      return [...withheld].sort();
    },
  };
}

function reads(command: Command): boolean {
  const name = command.name.toLowerCase();
  return READS.has(name) || READING_PARTS[name]?.includes(part(command)) === true;
}

function nameOf(command: Command): string {
  const name = command.name.toLowerCase();
  return (name in READING_PARTS ? `${name} ${part(command)}` : name).toUpperCase();
}

/** What a connection says of itself tells nothing of Redis. */
const tells = (command: Command) => !/^CLIENT SET/.test(nameOf(command));

const part = ({ args: [first] }: Command) => (typeof first === 'string' ? first.toLowerCase() : '');
