import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { atEnd, beyondThisTest } from '../../fixtures/cleanup.js';
import { monitor } from '../../fixtures/monitor.js';
import { freePort } from '../../fixtures/ports.js';
import { TestProcess } from '../../fixtures/process.js';
import { RedisServer } from '../../fixtures/redis.js';
import { tempDir } from '../../fixtures/temp-dir.js';
import { probity, started } from './command.js';

const PASSWORD = 'hunter2-of-the-queue';
const QUICK = ['look', '--for', '1s'];
/** What needs no permission to write. */
const ONLOOKER = '+@read +ping +info +client|list +config|get';

let redis: RedisServer;
const url = (user = 'default', password = '', path = '') =>
  `redis://${password === '' ? '' : `${user}:${password}@`}127.0.0.1:${redis.port}${path}`;

function queue(name: string, options: { prefix?: string; db?: number; redis?: RedisServer } = {}): Queue {
  const { prefix = 'bull', db = 0, redis: { host, port } = redis } = options;
  const made = new Queue(name, { connection: { host, port, db }, prefix, skipVersionCheck: true });
  made.on('error', () => undefined);
  atEnd(() => made.close());
  return made;
}

beforeAll(async () => {
  redis = await RedisServer.start(['--unixsocket', join(tempDir('socket'), 'redis.sock')]);
  await redis.command('ACL', 'SETUSER', 'app', 'on', `>${PASSWORD}`, '~*', '&*', '+@all');
  const worker = await TestProcess.child('integration/cli/worker.child.mjs', {
    env: { REDIS_PORT: String(redis.port), QUEUE: 'mail', EVERY_MS: '50' },
  });
  await worker.waitForLine('ready');
});

describe('its address', () => {
  const WELL = /^✓ The queue works, and Redis keeps its jobs\n/;

  it.each<[string, readonly string[], Parameters<typeof probity>[1]]>([
    ['by REDIS_URL', [], { env: { REDIS_URL: 'URL' } }],
    ['by an argument, whatever REDIS_URL says', ['URL'], { env: { REDIS_URL: 'redis://localhost:1' } }],
    ['by standard input', ['-'], { input: "echo 'URL'", env: { REDIS_URL: 'redis://localhost:1' } }],
    ['by standard input, unasked', [], { input: "printf '  URL\\n\\n'" }],
  ])('is taken %s', async (_, args, { env = {}, input = ':' } = {}) => {
    const told = (text: string) => text.replace('URL', url('app', PASSWORD));
    const { REDIS_URL } = env;
    const { code, stdout, stderr } = await probity([...QUICK, ...args.map(told)], {
      env: REDIS_URL === undefined ? {} : { REDIS_URL: told(REDIS_URL) },
      input: told(input),
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(WELL) });
    expect(stdout).toContain(`redis://127.0.0.1:${redis.port}/0`);
    expect(stdout + stderr).not.toContain(PASSWORD);
  });

  it('may be a unix socket', async () => {
    const [, path = ''] = (await redis.command('CONFIG', 'GET', 'unixsocket')) as string[];
    const { code, stdout } = await probity([...QUICK, `unix://${path}`]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(WELL) });
  });

  it('has the number of a database', async () => {
    await queue('other', { db: 3 }).add('x', {});
    const { stdout } = await probity([...QUICK, '--json', url('default', '', '/3')]);
    expect(JSON.parse(stdout).queues).toMatchObject([{ name: 'other', waiting: 1 }]);
  });

  it('that nobody answers at ends with 3', async () => {
    const { code, stdout, stderr } = await probity([
      ...QUICK,
      `redis://:${PASSWORD}@127.0.0.1:${await freePort()}`,
    ]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/error: redis:\/\/127\.0\.0\.1:\d+\/0 did not answer: connect ECONNREFUSED/);
    expect(stderr).not.toContain(PASSWORD);
  });

  it('whose credentials are rejected ends with 3, and shows none', async () => {
    const { code, stdout, stderr } = await probity([...QUICK, url('app', 'guess-that-is-wrong')]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('rejected the credentials');
    expect(stderr).not.toContain('guess-that-is-wrong');
  });

  it('of a Redis that dies while it is watched ends with 3', async () => {
    const other = await RedisServer.start();
    await queue('mail', { redis: other }).add('x', {});
    const child = await started(['look', other.url], {});
    await child.waitForLine('watching 1 queue');
    await other.kill();
    expect((await child.exited).code).toBe(3);
    expect(child.stdout).toBe('');
    expect(child.stderr).toMatch(/went away \d+ s after it had answered/);
  });
});

describe('the queues', () => {
  it('are looked for under other prefixes where there are none, which is said', async () => {
    const other = await RedisServer.start();
    await queue('mail', { redis: other, prefix: 'shop:eu' }).add('x', {});
    await queue('push', { redis: other, prefix: '{app}' }).add('x', {});
    const { stdout } = await probity([...QUICK, other.url]);
    expect(stdout).toMatch(/▲|✓|✕/);
    expect(stdout).toContain('shop:eu:mail');
    expect(stdout).toContain('{app}:push');
    expect(stdout).toMatch(
      /Under bull there is no queue, so these are of prefix (shop:eu, \{app\}|\{app\}, shop:eu)/,
    );
    const one = await probity([...QUICK, '--json', '--prefix', '{app}', other.url]);
    expect(JSON.parse(one.stdout).queues).toMatchObject([{ name: 'push', prefix: '{app}' }]);
  });

  it('that are not there leave nothing to say, which is no success', async () => {
    const other = await RedisServer.start();
    const { code, stdout } = await probity([...QUICK, other.url]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^\? No queue of BullMQ is here \(prefix bull\)\n\nREDIS {2}redis:/);
  });

  it('show no control characters of their names', async () => {
    const other = await RedisServer.start();
    const name = 'ev\u001b[2Jil\n✓ fine\u202e';
    await queue(name, { redis: other }).addBulk([{ name: 'x', data: {}, opts: { timestamp: 1 } }]);
    const { code, stdout } = await probity([...QUICK, other.url]);
    expect(code).toBe(2);
    expect(stdout).toContain('ev\\u001b[2Jil\\n✓ f');
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\0-\x09\x0b-\x1f\u202e]/);
    expect(stdout.split('\n').some((line) => line.startsWith('✓ fine'))).toBe(false);
  });

  it('that are many are told of in one screen, the worst first', async () => {
    const other = await RedisServer.start();
    const client = other.client();
    for (let n = 0; n < 130; n += 1) await client.hset(`bull:q${n}:meta`, 'version', 'bullmq:6');
    for (let n = 0; n < 30; n += 1) {
      await client.hset(`bull:q${n}:1`, 'name', 'x', 'timestamp', '1');
      await client.lpush(`bull:q${n}:wait`, '1');
    }
    const { code, stdout } = await probity([...QUICK, other.url]);
    const lines = stdout.split('\n');
    expect(code).toBe(2);
    expect(lines[0]).toMatch(/^✕ 30 of 130 queues do not work/);
    expect(stdout).toContain('✓ 100 more queues are well');
    expect(stdout).toContain('and 10 more with something to say');
    expect(stdout).toMatch(/✕ q0, q1, q10 and 27 more {2}worker\.not_started/);
    expect(lines.length).toBeLessThanOrEqual(45);
    const json = await probity([...QUICK, '--json', other.url]);
    expect(JSON.parse(json.stdout).queues).toHaveLength(130);
  });
});

describe('a look only reads', () => {
  it('as Redis itself saw it', async () => {
    const seen: { source: string; command: string; args: readonly string[] }[] = [];
    const clients = new Set<string>();
    await monitor(redis.port, (each) => void seen.push(each));
    const { code, stdout } = await probity([...QUICK, url('default')]);
    expect(code).toBe(0);
    const own = seen.filter(({ command, args }) => command === 'info' && args.length === 0);
    for (const { source } of own) clients.add(source);
    expect(clients.size).toBe(1);
    const sent = seen.filter(({ source }) => clients.has(source)).map(({ command }) => command);
    expect(sent.length).toBeGreaterThan(20);
    const flags = new Map<string, readonly string[]>();
    for (const command of new Set(sent)) {
      const [info] = (await redis.command('COMMAND', 'INFO', command)) as [[string, number, string[]]];
      flags.set(command, info[2]);
    }
    expect([...flags].filter(([, of]) => of.includes('write'))).toEqual([]);
    expect([...flags.keys()]).not.toContain('eval');
    expect(stdout).toContain('commands that only read');
  });

  it('so a user that may do nothing else sees the same', async () => {
    await redis.command(
      'ACL',
      'SETUSER',
      'onlooker',
      'on',
      `>${PASSWORD}`,
      '~bull:*',
      ...ONLOOKER.split(' '),
    );
    const { code, stdout } = await probity([...QUICK, '--json', url('onlooker', PASSWORD)]);
    const told = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(told.queues).toMatchObject([{ name: 'mail', code: 'worker.observed', workers: 1 }]);
    expect(told.queues[0].done.completed).toBeGreaterThan(5);
    expect(told.notSeen.map(({ command }: { command: string }) => command)).toEqual(['TIME']);
  });

  it.each([
    ['INFO', '-info', 'memory, eviction, persistence'],
    ['CONFIG GET', '-config', 'whether snapshots are made'],
    ['CLIENT LIST', '-client', 'who is connected'],
    ['PUBSUB NUMSUB', '-pubsub', 'of workers that send heartbeats'],
    ['SCAN', '-scan', 'name them by --queue'],
  ])('and says by its name that %s is refused, and goes on', async (command, rule, so) => {
    const user = `no-${command.toLowerCase().replace(' ', '-')}`;
    await redis.command('ACL', 'SETUSER', user, 'on', `>${PASSWORD}`, '~*', '+@all', rule);
    const named = ['--queue', 'mail'];
    const { code, stdout, stderr } = await probity([...QUICK, ...named, url(user, PASSWORD)]);
    expect(stderr).not.toContain('error');
    expect([0, 1]).toContain(code);
    expect(stdout).toMatch(/mail .*works/);
    // What nobody had to ask is not missed.
    const asked = !['PUBSUB NUMSUB', 'SCAN'].includes(command);
    if (asked)
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`Not seen, for Redis refuses ${command}: ${so}`);
    else expect(stdout).not.toContain('Not seen');
  });

  it('and finds the queues of workers without SCAN, and says that others may be there', async () => {
    const { stdout } = await probity([...QUICK, url('no-scan', PASSWORD)]);
    expect(stdout).toMatch(/mail .*works/);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Not seen, for Redis refuses SCAN: queues without a connected worker',
    );
  });

  it('and says of a queue that it may not see that it may not', async () => {
    await redis.command('ACL', 'SETUSER', 'elsewhere', 'on', `>${PASSWORD}`, '~other:*', '+@all');
    const { code, stdout } = await probity([...QUICK, url('elsewhere', PASSWORD)]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/✕ mail .*redis\.not_permitted/);
  });
});

describe('what it says', () => {
  const env = () => ({ REDIS_URL: url() });
  // eslint-disable-next-line no-control-regex
  const COLOURED = /\u001b\[3\dm/;

  it('goes to stdout alone, plain in a pipe, and how it gets on to stderr, a line each', async () => {
    const { stdout, stderr } = await probity(QUICK, { env: env() });
    expect(stdout).not.toContain('\u001b');
    expect(stderr.split('\n').filter(Boolean)).toEqual([
      expect.stringMatching(/^connecting to redis:/),
      expect.stringMatching(/^looking for queues of/),
      expect.stringMatching(/^watching 1 queue of redis:.* for 1 s …$/),
    ]);
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, boolean]>([
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, true],
    ['NO_COLOR beside it', [], { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['--no-color beside it', ['--no-color'], { FORCE_COLOR: '1' }, false],
  ])('is coloured or not by %s', async (_, args, wish, coloured) => {
    const { stdout } = await probity([...QUICK, ...args], { env: { ...env(), ...wish } });
    expect(COLOURED.test(stdout)).toBe(coloured);
  });

  it('is redrawn and coloured on a terminal', async () => {
    const script = join(tempDir('pty'), 'look.sh');
    writeFileSync(script, `stty cols 90 rows 40; ${process.execPath} dist/cli/main.js look --for 1s\n`);
    chmodSync(script, 0o755);
    const child = await TestProcess.start('-qec', {
      program: 'script',
      args: [`sh ${script}`, '/dev/null'],
      env: { ...env(), TERM: 'xterm' },
    });
    expect((await child.exited).code).toBe(0);
    expect(child.stdout).toContain('\u001b[2K');
    expect(child.stdout).toMatch(COLOURED);
    expect(child.stdout).toMatch(/watching 1 queue .* 1 s left/);
  });

  it('is nothing when it is interrupted', async () => {
    const child = await beyondThisTest(() => started(['look', '--for', '60s'], env()));
    await child.waitForLine('watching 1 queue');
    child.signal('SIGINT');
    expect((await child.exited).code).toBe(130);
    expect(child.stdout).toBe('');
    expect(child.stderr).toContain('interrupted');
  });

  it('is bounded in time by --for', async () => {
    const { stdout } = await probity(['look', '--for', '2s', '--json'], { env: env() });
    expect(JSON.parse(stdout).watchedMs).toBeGreaterThanOrEqual(2000);
    expect(JSON.parse(stdout).watchedMs).toBeLessThan(6000);
  });
});

describe('misuse', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['an unknown command', ['lok'], /unknown command 'lok'\n\(Did you mean look\?\)/],
    ['an unknown option', ['look', '--fro', '5s'], /unknown option '--fro'\n\(Did you mean --for\?\)/],
    [
      'a time that is none',
      ['look', '--for', 'ever'],
      /'--for <time>' argument 'ever' is invalid\. Write a time/,
    ],
    ['a queue with its prefix', ['look', '--queue', 'bull:mail'], /'--queue <name>'.*--prefix/],
    ['an address that is none', ['look', 'localhost'], /the address must start with redis:\/\//],
    ['two addresses', ['look', 'redis://a', 'redis://b'], /too many arguments/],
    ['no address', ['look'], /REDIS_URL=redis:/],
    ['an empty standard input', ['look', '-'], /standard input is empty/],
    ['nothing', [], /Usage: probity/],
  ])('%s ends with 64, and says how it is meant', async (_, args, said) => {
    const { code, stdout, stderr } = await probity(args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(said);
  });

  it('shows nothing of an address that it does not understand', async () => {
    const { code, stderr } = await probity(['look', `http://:${PASSWORD}@host`]);
    expect(code).toBe(64);
    expect(stderr).not.toContain(PASSWORD);
  });

  it('is not to ask for help, or for the version', async () => {
    const help = await probity(['look', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('Examples:\n  REDIS_URL=redis://');
    expect(await probity(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

it('ends well for whoever has read enough', async () => {
  const child = await TestProcess.inShell('"$@" | true', 'dist/cli/main.js', {
    args: QUICK,
    env: { REDIS_URL: url() },
  });
  await child.exited;
  expect(child.stderr).toContain('watching 1 queue');
  expect(child.stderr).not.toMatch(/EPIPE|Error/);
});
