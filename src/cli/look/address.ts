import type { RedisTarget } from '../../modules/redis/index.js';
import { redisTargetOfUrl, whyNotRedisUrl } from '../../options/redis-target.js';
import { MisuseError } from '../exit-codes.js';
import type { Io } from '../io.js';

/** Nobody writes an address that is longer. */
const LONGEST = 4096;
/** Where nobody was told to write, somebody who does so writes at once. */
const UNASKED_MS = 2000;

const HOW = `say which Redis, in one of these ways:
  REDIS_URL=redis://user:password@host:6379/0 probity look
  probity look - < file-with-the-url
  probity look redis://localhost:6379       (a password in an argument shows in ps)`;

/** The Redis that is meant: by an argument, which may be `-` for standard input, by REDIS_URL, else by standard input. */
export async function addressOf(argument: string | undefined, io: Io): Promise<RedisTarget> {
  const told = argument === '-' ? '' : (argument ?? io.env['REDIS_URL'] ?? '').trim();
  if (told !== '') return targetOf(told, argument === undefined ? 'REDIS_URL' : 'the address');
  if (argument !== '-' && io.stdin.isTTY) throw new MisuseError(HOW);
  const written = (await firstLine(io.stdin, argument === '-' ? null : UNASKED_MS)).trim();
  if (written === '') throw new MisuseError(argument === '-' ? `standard input is empty; ${HOW}` : HOW);
  return targetOf(written, 'standard input');
}

/** Never shows what was written: it may hold a password. */
function targetOf(text: string, what: string): RedisTarget {
  const socket = /^(?:unix:(?:\/\/)?)?(\/[^?]*)(?:\?db=(\d{1,4}))?$/.exec(text);
  if (socket !== null) return socketAt(socket[1] ?? '', Number(socket[2] ?? 0));
  const why = whyNotRedisUrl(text);
  if (why !== undefined) throw new MisuseError(`${what} ${why}`);
  return redisTargetOfUrl(text);
}

function socketAt(path: string, db: number): RedisTarget {
  return { ...redisTargetOfUrl('redis://localhost'), db, own: { path } };
}

async function firstLine(stdin: NodeJS.ReadStream, withinMs: number | null): Promise<string> {
  let text = '';
  const timer = withinMs === null ? undefined : setTimeout(() => stdin.destroy(), withinMs);
  try {
    for await (const chunk of stdin) {
      text += String(chunk);
      if (text.includes('\n') || text.length > LONGEST) break;
    }
  } catch {
    // Nothing came, or nothing could be read: that is told as nothing.
  } finally {
    clearTimeout(timer);
    stdin.destroy();
  }
  return text.split('\n')[0] ?? '';
}
