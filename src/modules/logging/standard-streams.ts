import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { LogSink } from './log-sink.js';

/** One sink for both where both lead to the same place, so that no line gets into the middle of another. */
export interface StandardStreams {
  readonly stdout: LogSink;
  readonly stderr: LogSink;
}

const LAST_WORDS_WITHIN_MS = 200;

/**
 * From now on whatever this process writes to stdout and stderr, a library's `console.warn` included, goes through
 * sinks that neither throw nor wait. What they hold is written when the process exits, as far as that is possible.
 */
export function takeOverStandardStreams(): StandardStreams {
  const stdout = sinkOf(1);
  const stderr = leadToTheSame(1, 2) ? stdout : sinkOf(2);
  redirect(process.stdout, stdout);
  redirect(process.stderr, stderr);
  process.on('exit', () => {
    for (const sink of new Set([stdout, stderr])) sink.flush(LAST_WORDS_WITHIN_MS);
  });
  return { stdout, stderr };
}

function sinkOf(fd: 1 | 2): LogSink {
  const target = nonBlocking(fd);
  return new LogSink((bytes) => writeSync(target, bytes));
}

/**
 * A descriptor of the same pipe or terminal on which a write does not wait for its reader. Opened anew, for others
 * may share the one that we were given, and rely on how it is. A file has no reader, and is written as it is.
 */
function nonBlocking(fd: 1 | 2): number {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    const stat = fstatSync(fd);
    if (stat.isFIFO() || isatty(fd)) return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // It belongs to another account, or there is no /proc. Node makes pipes and sockets so that they do not wait, as
    // soon as its own stream is asked for, which `redirect` does.
  }
  return fd;
}

function leadToTheSame(one: number, other: number): boolean {
  try {
    const [a, b] = [fstatSync(one), fstatSync(other)];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}

function redirect(stream: NodeJS.WriteStream, sink: LogSink): void {
  stream.on('error', () => undefined);
  stream.write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    const done = typeof encoding === 'function' ? encoding : callback;
    sink.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString());
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
}
