import { connect } from 'node:net';
import { redisFailure, type RedisFailure } from './redis-failure.policy.js';
import type { RedisTarget } from './redis-target.js';

// A busy machine takes its time to say even this.
const GREETING_MS = 300;

/**
 * A Redis that takes no more clients says so unasked and hangs up, and what was sent meanwhile makes the system
 * throw away what it said. Listening without a word hears it.
 */
export async function withGreeting(target: RedisTarget | null, failure: RedisFailure): Promise<RedisFailure> {
  if (!/EPIPE|ECONNRESET|closed/.test(failure.text)) return failure;
  if (target === null || target.tls || target.sentinel !== undefined) return failure;
  const greeting = await listen(target.host, target.port);
  return greeting.startsWith('-') ? redisFailure(new Error(greeting.slice(1).trim())) : failure;
}

function listen(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: GREETING_MS });
    const end = (heard: string) => {
      socket.destroy();
      resolve(heard);
    };
    socket.once('data', (data) => end(data.toString()));
    socket.once('timeout', () => end(''));
    socket.once('error', () => end(''));
    socket.once('close', () => end(''));
  });
}
