import { describe, expect, it } from '@jest/globals';
import { crowd, eventually } from '../fixtures/eventually.js';
import { onFullDisk } from '../fixtures/full-disk.js';
import { OPERATOR } from '../fixtures/platform.js';
import { freePort } from '../fixtures/ports.js';
import { PRODUCTION, Probity } from '../fixtures/probity.js';
import { TestProcess } from '../fixtures/process.js';
import { UnreadPipe } from '../fixtures/unread-pipe.js';
import { TestDatabase } from '../fixtures/postgres.js';

/** Writes 1 MB a second by `console.log`, as a library may. */
const CHATTER = `data:text/javascript,${encodeURIComponent(
  `setInterval(() => { for (let i = 0; i < 10; i++) console.log('chatter '.repeat(1200)); }, 100)`,
)}`;

const KINDS = {
  api: (env: Record<string, string>, shell: string) => Probity.api(env, shell),
  'execution worker': (env: Record<string, string>, shell: string) => Probity.worker(env, shell),
  'app-server worker': (env: Record<string, string>, shell: string) => Probity.appServer(env, shell),
} as const;
type Kind = keyof typeof KINDS;
const EVERY = Object.keys(KINDS) as Kind[];

const unread = () => `exec "$@" >${new UnreadPipe().path} 2>&1`;

async function started(kind: Kind, shell: string, extra: Record<string, string> = {}): Promise<Probity> {
  const env = { ...PRODUCTION, QUEUE_REDIS_PORT: String(await freePort()), LOG_LEVEL: 'trace', ...extra };
  return await KINDS[kind](env, shell);
}

async function goesOn(probity: Probity): Promise<void> {
  let quickest = Infinity;
  for (let count = 0; count < 10; count++) {
    const before = performance.now();
    expect((await probity.get('/livez')).status).toBe(200);
    quickest = Math.min(quickest, performance.now() - before);
  }
  expect(quickest).toBeLessThan(100 * crowd());
}

// A drop is told for ten seconds.
const says = (probity: Probity, code: string) =>
  probity.until('/healthz?verbose', ({ json }) => json.checks.log.code === code, {
    headers: OPERATOR,
    timeoutMs: 30_000,
  });

/** An exit by the rules, within the two seconds that are promised. */
async function endsWell(probity: Probity): Promise<void> {
  const before = performance.now();
  probity.process.signal('SIGTERM');
  expect(await probity.process.exited).toMatchObject({ code: 0, signal: null });
  expect(performance.now() - before).toBeLessThan(2000 * crowd());
}

/** All kinds at a time: what takes long is that a drop is told for ten seconds. */
const each = (proves: (kind: Kind) => Promise<void>) => () => Promise.all(EVERY.map(proves));

describe(`the ${EVERY.join(', the ')}`, () => {
  it(
    'goes on while the disk under its log is full, and says so',
    each(async (kind) => {
      const { shell, code } = onFullDisk();
      const probity = await started(kind, shell);
      const { json } = await says(probity, 'log.failing');
      expect(json.checks.log).toMatchObject({ status: 'warn', restart: 'harmful', restartTarget: 'self' });
      expect(json.checks.log.message).toContain(code);
      await goesOn(probity);
      await endsWell(probity);
    }),
  );

  it(
    'goes on while nobody reads its log, and writes what it held once somebody does',
    each(async (kind) => {
      const pipe = new UnreadPipe();
      const probity = await started(kind, `exec "$@" >${pipe.path} 2>&1`);
      expect((await says(probity, 'log.failing')).json.checks.log.status).toBe('warn');
      await goesOn(probity);
      let text = '';
      await eventually(() => (text += pipe.read()).includes('"listening"'));
      await says(probity, 'log.ok');
      for (const line of text.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
      await endsWell(probity);
    }),
  );
});

describe('a log whose reader', () => {
  it('stalls keeps no process from ending when it is asked to', async () => {
    const { path } = new UnreadPipe();
    await endsWell(await started('api', `exec "$@" >${path} 2>${path}`));
  });

  it('is gone ends nothing', async () => {
    const pipe = new UnreadPipe();
    const probity = await started('api', `exec "$@" >${pipe.path} 2>&1`);
    pipe.close();
    await probity.until('/healthz', ({ json }) => json.checks.log.message.includes('EPIPE'), {
      headers: OPERATOR,
    });
    await goesOn(probity);
    await endsWell(probity);
  });
});

describe('a log that nobody reads and a library that never stops writing', () => {
  it('cost a bounded amount of memory; what was dropped is counted, and told once it is read', async () => {
    const pipe = new UnreadPipe();
    const probity = await started('api', `exec "$@" >${pipe.path} 2>&1`, {
      NODE_OPTIONS: `--import=${CHATTER}`,
    });
    const { json } = await probity.until(
      '/healthz?verbose',
      (reply) => reply.json.checks.log.details.droppedLines > 200,
      { headers: OPERATOR, timeoutMs: 30_000 },
    );
    expect(json.checks.log.details.heldBytes).toBeLessThanOrEqual(1024 * 1024);
    await goesOn(probity);
    let text = '';
    await eventually(() => (text += pipe.read()).includes('lines were dropped here: nobody read the log'), {
      timeoutMs: 20_000,
      intervalMs: 2,
    });
    const told = text.split('\n').find((line) => line.includes('lines were dropped here')) ?? '';
    const line = JSON.parse(told) as { level: string; code: string; droppedLines: number };
    expect(line).toMatchObject({ level: 'warn', code: 'log.failing' });
    expect(line.droppedLines).toBeGreaterThan(200);
    pipe.drain();
    await says(probity, 'log.ok');
    await endsWell(probity);
  });
});

describe('an uncaught exception', () => {
  const socket = `data:text/javascript,${encodeURIComponent(
    `import { EventEmitter } from 'node:events';
     process.on('SIGUSR2', () => new EventEmitter().emit('error', new Error('a stray error of a driver')));`,
  )}`;

  it.each([
    ['on a full disk', () => onFullDisk().shell],
    ['that nobody reads', unread],
  ])('ends the process with 70 though its log is one %s', async (_, shell) => {
    const probity = await started('api', shell(), { NODE_OPTIONS: `--import=${socket}` });
    const before = performance.now();
    probity.process.signal('SIGUSR2');
    expect((await probity.process.exited).code).toBe(70);
    expect(performance.now() - before).toBeLessThan(2000 * crowd());
  });

  it('is the last line of a log that is read', async () => {
    const probity = await started('api', 'exec "$@"', { NODE_OPTIONS: `--import=${socket}` });
    probity.process.signal('SIGUSR2');
    expect((await probity.process.exited).code).toBe(70);
    expect(await probity.process.waitForLine('uncaught exception')).toContain('a stray error of a driver');
  });
});

describe('the migrations', () => {
  it.each([
    ['on a full disk', () => onFullDisk().shell],
    ['that nobody reads', unread],
  ])('are applied, and exit 0, though their log is one %s', async (_, shell) => {
    const database = await TestDatabase.create();
    const env = { DATABASE_URL: database.url };
    const migrate = await TestProcess.inShell(shell(), 'dist/modules/database/migrate.js', { env });
    expect((await migrate.exited).code).toBe(0);
    const again = await TestProcess.start('dist/modules/database/migrate.js', { env });
    expect(await again.waitForLine('migrate:')).toContain('the schema is up to date');
  });
});
