import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { elsewhereOf, findPostgres, run, startPostgres } from '#devkit';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { PostgresServer, TestDatabase } from '../../fixtures/postgres.js';
import { TestProcess } from '../../fixtures/process.js';
import { RedisServer } from '../../fixtures/redis.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const isAlive = (pid: number): boolean => {
  // A zombie has ended; only nobody has asked yet.
  const stat = `/proc/${pid}/stat`;
  if (!existsSync('/proc')) return canSignal(pid);
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
};
const canSignal = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a private redis-server', () => {
  it('keeps its data over kill -9 and a restart on the same port', async () => {
    const redis = await RedisServer.start(['--appendfsync', 'always']);
    const { port } = redis;
    await redis.command('SET', 'a', '1');
    await redis.kill();
    await expect(redis.command('GET', 'a')).rejects.toThrow();
    await redis.restart();
    expect(redis.port).toBe(port);
    expect(await redis.command('GET', 'a')).toBe('1');
  });

  it('forgets its data when it is restarted empty', async () => {
    const redis = await RedisServer.start();
    await redis.command('SET', 'a', '1');
    await redis.restart({ empty: true });
    expect(await redis.command('GET', 'a')).toBeNull();
  });

  it('is append-only and never evicts, unless its arguments say otherwise', async () => {
    const redis = await RedisServer.start();
    expect(await redis.command('CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    expect(await redis.command('CONFIG', 'GET', 'maxmemory-policy')).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
    await redis.restart({ args: ['--appendonly', 'no', '--save', '1 1'], empty: true });
    expect(await redis.command('CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'no']);
    expect(await redis.command('CONFIG', 'GET', 'save')).toEqual(['save', '1 1']);
  });

  it('stops even while it is frozen', async () => {
    const redis = await RedisServer.start();
    const { pid } = redis;
    redis.pause();
    await redis.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('tells the end of its log when it cannot start', async () => {
    await expect(RedisServer.start(['--no-such-setting', '1'])).rejects.toThrow(
      /ended at once.*no-such-setting/s,
    );
  });
});

describe('a test database', () => {
  it('is empty and apart from every other one', async () => {
    const [one, other] = [await TestDatabase.create(), await TestDatabase.create()];
    await one.query('CREATE TABLE t (n int)');
    await expect(other.query('SELECT * FROM t')).rejects.toThrow('does not exist');
  });
});

describe('a private PostgreSQL', () => {
  it('keeps its data over a crash, and asks for a password', async () => {
    const server = await PostgresServer.start({ max_connections: '12' });
    await server.query('CREATE TABLE t AS SELECT 7 AS n');
    await server.kill();
    await expect(server.query('SELECT 1')).rejects.toThrow();
    await server.restart();
    expect(await server.query('SELECT n FROM t')).toEqual([{ n: 7 }]);
    const { pid } = server;
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });
});

describe('PostgreSQL under a folder that only its owner may enter', () => {
  it('starts all the same, root or not', async () => {
    const dir = tempDir('closed');
    chmodSync(dir, 0o700);
    const server = await startPostgres({ dir: join(dir, 'inner') });
    atEnd(() => server.stop());
    const first = server.url;
    await server.stop();
    const again = await startPostgres({ dir: join(dir, 'inner'), port: server.port });
    atEnd(() => again.stop());
    expect(again.url).toBe(first);
  });

  it('starts though its programs are there too, keeps its data over a crash, and leaves nothing elsewhere', async () => {
    // As a checkout under /root is: open but for a folder above it.
    const closed = tempDir('closed');
    const { postgres } = findPostgres();
    await run('cp', ['-a', dirname(dirname(postgres)), join(closed, 'native')]);
    const bin = join(closed, 'native', 'bin');
    chmodSync(closed, 0o700);
    const options = {
      dir: join(closed, 'data'),
      programs: { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') },
    };
    const server = await startPostgres({ ...options, database: 'kept' });
    atEnd(() => server.stop());
    const elsewhere = elsewhereOf(options.dir);
    // Only root has to give it another account.
    expect(elsewhere !== undefined).toBe(process.getuid?.() === 0);
    server.kill('SIGKILL');
    await server.exited;
    expect(elsewhereOf(options.dir)).toBe(elsewhere);
    const again = await startPostgres({ ...options, port: server.port, database: 'kept' });
    atEnd(() => again.stop());
    expect(again.url).toBe(server.url);
    await again.stop();
    expect(elsewhereOf(options.dir)).toBeUndefined();
    expect(existsSync(join(options.dir, 'cluster', 'PG_VERSION'))).toBe(true);
  });

  it('starts though only its programs are there', async () => {
    const closed = tempDir('closed');
    const { postgres } = findPostgres();
    await run('cp', ['-a', dirname(dirname(postgres)), join(closed, 'native')]);
    const bin = join(closed, 'native', 'bin');
    chmodSync(closed, 0o700);
    const dir = tempDir('open');
    const programs = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
    const server = await startPostgres({ dir, programs });
    atEnd(() => server.stop());
    expect(isAlive(server.pid)).toBe(true);
    expect(elsewhereOf(dir)).toBeUndefined();
  });
});

describe('a guarded child', () => {
  it('does not outlive the process that started it, though that is killed with -9', async () => {
    const module = new URL('../../../build/devkit/index.js', import.meta.url).href;
    const dir = tempDir('orphans');
    const code = [
      `import { startRedis, startPostgres, provideRedis } from ${JSON.stringify(module)};`,
      `const dir = ${JSON.stringify(dir)};`,
      'const redis = await startRedis({ program: await provideRedis(console.log), dir: dir + "/redis" });',
      'const postgres = await startPostgres({ dir: dir + "/postgres" });',
      'console.log(JSON.stringify([redis.pid, postgres.pid]));',
    ].join('\n');
    const parent = await TestProcess.start('--input-type=module', {
      program: process.execPath,
      args: ['-e', code],
    });
    const pids = JSON.parse(await parent.waitForLine(/^\[\d/, 60_000)) as number[];
    expect(pids.map(isAlive)).toEqual([true, true]);
    await parent.kill();
    await eventually(() => !pids.some(isAlive), { what: 'the end of both servers' });
  });
});
