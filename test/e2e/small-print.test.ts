import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { raw } from '../fixtures/front.js';
import { eventually } from '../fixtures/eventually.js';
import { OPERATOR } from '../fixtures/platform.js';
import { freePort } from '../fixtures/ports.js';
import { PRODUCTION, Probity } from '../fixtures/probity.js';
import { TestProcess } from '../fixtures/process.js';
import { tempDir } from '../fixtures/temp-dir.js';

const ENV = { ...PRODUCTION, QUEUE_REDIS_PORT: '1' };
const KINDS = ['api', 'worker', 'appServer'] as const;
const processes: Probity[] = [];

beforeAll(async () => {
  processes.push(...(await Promise.all(KINDS.map((kind) => Probity[kind](ENV)))));
});

/** The status, the headers that say something, and the body without its times, of one request to each of them. */
async function answers(line: string, headers = ''): Promise<unknown[]> {
  const text = `${line} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
  return await Promise.all(
    processes.map(async ({ url }) => {
      const { status, head, body } = await raw(Number(new URL(url).port), text);
      const said = head
        .toLowerCase()
        .split('\r\n')
        .filter((header) => /^(allow|content-type|cache-control):/.test(header))
        .sort();
      const { timestamp, since, uptimeMs, ...rest } = JSON.parse(body) as Record<string, unknown>;
      expect(timestamp).toMatch(/Z$/);
      return { status, said, rest, times: [typeof since, typeof uptimeMs] };
    }),
  );
}

describe('the small print of HTTP is the same in all processes', () => {
  it.each(['/livez', '/livez/', 'http://host/livez', 'http://host:80/livez/?x=1'])(
    'GET %s',
    async (target) => {
      const [api, ...others] = await answers(`GET ${target}`);
      for (const other of others) expect(other).toEqual(api);
      expect(api).toMatchObject({ status: 200, rest: { live: true } });
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])('%s /livez', async (method) => {
    for (const path of ['/livez', '/livez/', 'http://host/livez', '/readyz', '/healthz', '/metrics']) {
      const [api, ...others] = await answers(`${method} ${path}`);
      expect(api).toMatchObject({ status: 405, rest: { code: 'probe.method' } });
      for (const other of others) expect(other).toEqual(api);
    }
  });

  it.each([
    ['GET /nothing', '', 404],
    ['GET /health', '', 404],
    ['GET nothing', '', 400],
    ['BREW /livez', '', 400],
    ['GET /livez', `X: ${'x'.repeat(20_000)}\r\n`, 431],
    ['GET /livez', 'Content-Length: x\r\n', 400],
    ['GET /livez', 'Expect: the-unexpected\r\n', 417],
  ])('%s %#', async (line, headers, status) => {
    const [api, ...others] = (await answers(line, headers)) as { status: number; rest: { code: string } }[];
    expect(api).toMatchObject({ status, rest: { code: expect.any(String) } });
    // What is nowhere is told in words of each process's own.
    const code = status === 404 ? expect.any(String) : api?.rest.code;
    for (const other of others) expect([other.status, other.rest.code]).toEqual([status, code]);
  });

  it.each(['constructor', '__proto__', ',,;;q=,'])('Accept: %s', async (accept) => {
    for (const answer of await answers('GET /livez', `Accept: ${accept}\r\n`))
      expect(answer).toMatchObject({ status: 200, rest: { live: true } });
    for (const { url } of processes) {
      const reply = await raw(
        Number(new URL(url).port),
        `GET /readyz HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\n\r\n`,
      );
      expect([200, 503]).toContain(reply.status);
      expect(JSON.parse(reply.body)).toHaveProperty('checks');
    }
  });
});

describe('a .env that is a directory', () => {
  it('is a problem that the environment check tells, and no crash', async () => {
    const cwd = tempDir('cwd');
    mkdirSync(join(cwd, '.env'));
    const port = String(await freePort());
    const entry = join(process.cwd(), 'dist/main.js');
    const api = await TestProcess.start(entry, { cwd, env: { ...ENV, HOST: '127.0.0.1', PORT: port } });
    const told = await eventually(
      async () => {
        const reply = await fetch(`http://127.0.0.1:${port}/readyz/environment`, { headers: OPERATOR });
        const text = await reply.text();
        return text.includes('.env') && text;
      },
      { timeoutMs: 60_000, what: 'the environment check' },
    );
    expect(told).toContain('is a directory');
    expect(await api.stop()).toMatchObject({ code: 0 });
  });
});

/** Root may make a network of its own, where users may not always. */
const ownNetwork = spawnSync('unshare', ['--net', 'true']).status === 0;

describe('the address where a process of production listens', () => {
  (ownNetwork ? it : it.skip)(
    'serves IPv4 on a machine that has no IPv6',
    async () => {
      const port = String(await freePort());
      const shell =
        'ip link set lo up && echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 && ' +
        '{ "$@" & curl -sS --retry 100 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$PORT/livez"; kill $!; wait $!; }';
      for (const [entry, name] of [
        ['dist/main.js', 'PORT'],
        ['dist/workers/execution.worker.js', 'WORKER_PORT'],
      ] as const) {
        const asked = await TestProcess.start('--net', {
          program: 'unshare',
          args: ['/bin/sh', '-c', shell, 'sh', process.execPath, entry],
          env: { ...ENV, [name]: port, PORT: port, DRAIN_DELAY_MS: '0' },
        });
        expect(await asked.exited).toMatchObject({ code: 0 });
        expect(asked.stdout).toContain('"live":true');
      }
    },
    180_000,
  );

  it('serves IPv6 and IPv4 where there are both', async () => {
    const api = await Probity.api({ ...ENV, HOST: '' });
    const { port } = new URL(api.url);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    const six = await fetch(`http://[::1]:${port}/livez`).then(
      ({ status }) => status,
      (error: { cause?: { code?: string } }) => error.cause?.code,
    );
    // A machine without IPv6 has no such address to be asked at.
    expect([200, 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENETUNREACH']).toContain(six);
  });
});
