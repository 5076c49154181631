import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { eventually } from '../../fixtures/eventually.js';
import { raw, readReply, startFront, type Front, type RawReply } from '../../fixtures/front.js';

const TOKEN = 'api-token-of-the-front';
let front: Front;
const sockets: Socket[] = [];

beforeAll(async () => {
  front = await startFront({ apiToken: TOKEN });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await front.app.close();
});

const open = (text: string): Socket => {
  const socket = connect(front.port, '127.0.0.1', () => socket.write(text));
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
};
const bearer = `Authorization: Bearer ${TOKEN}\r\n`;
const head = (line: string, headers = '') => `${line} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const ask = (line: string, headers = '', body = '') => raw(front.port, `${head(line, headers)}${body}`);
const isProblem = (reply: RawReply, status: number, code: string) => {
  expect(reply.head).toMatch(/content-type: application\/problem\+json/i);
  expect(reply.head).toMatch(/cache-control: no-store/i);
  expect({ status: reply.status, ...(JSON.parse(reply.body) as object) }).toMatchObject({
    status,
    code,
    type: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
    timestamp: expect.stringMatching(/Z$/),
  });
};
const json = 'Content-Type: application/json\r\n';

describe('who bears no token', () => {
  it('is refused from the headers alone, before a body or a slot', async () => {
    const slow = Array.from({ length: 300 }, () =>
      open(head('POST /api/things', `${json}Content-Length: 1000\r\n`)),
    );
    const replies = await Promise.all(slow.map((socket) => readReply(socket)));
    for (const reply of replies) expect(reply.status).toBe(401);
    const good = await ask('POST /api/things', `${bearer}${json}Content-Length: 2\r\n`, '{}');
    expect(good.status).toBe(201);
    // And nobody waits for the rest of what they said that they would send.
    await eventually(() => slow.every((socket) => socket.closed || socket.readableEnded), {
      timeoutMs: 15_000,
      what: 'the end of connections whose body never came',
    });
  });

  it('gets nothing read at addresses that do not exist either', async () => {
    isProblem(await ask('POST /nothing', `${json}Content-Length: 1000\r\n`), 404, 'http.404');
    isProblem(await ask('POST /api/nothing', `${json}Content-Length: 1000\r\n`), 404, 'http.404');
  });

  it('keeps a connection whose small body has come', async () => {
    const socket = open(`${head('POST /api/things', `${json}Content-Length: 2\r\n`)}{}`);
    isProblem(await readReply(socket), 401, 'auth.token');
    socket.write(head('GET /livez'));
    expect((await readReply(socket)).status).toBe(200);
  });
});

describe('a body that comes too slowly', () => {
  it('is refused in seconds, though its client has a token and goes on sending', async () => {
    const socket = open(head('POST /api/things', `${bearer}${json}Content-Length: 1000\r\n`));
    const drip = setInterval(() => socket.write(' '), 50);
    try {
      isProblem(await readReply(socket), 408, 'request.too_slow');
    } finally {
      clearInterval(drip);
    }
    expect((await ask('GET /api/things', bearer)).status).toBe(200);
  });
});

describe('a client that does not read, or reads next to nothing', () => {
  it('is cut off', async () => {
    const drips: NodeJS.Timeout[] = [];
    for (const bytesPerS of [0, 1, 1000]) {
      const socket = open(head('GET /api/large', bearer));
      socket.pause();
      if (bytesPerS > 0) drips.push(setInterval(() => socket.read(bytesPerS), 1000));
    }
    const started = performance.now();
    const { app } = front;
    const count = () =>
      new Promise<number>((resolve) =>
        app.getHttpServer().getConnections((_error: unknown, n: number) => resolve(n)),
      );
    await eventually(async () => (await count()) >= 3, { what: 'the connections' });
    await eventually(async () => (await count()) === 0, { timeoutMs: 60_000, what: 'the end of them' });
    drips.forEach((drip) => clearInterval(drip));
    expect(performance.now() - started).toBeGreaterThan(1000);
  });
});

describe('the small print', () => {
  it.each(['/livez/', 'http://host/livez', 'HTTP://host:80/livez/', 'http://host/livez?x=1'])(
    'answers GET %s as GET /livez',
    async (target) => {
      const reply = await ask(`GET ${target}`);
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.body)).toMatchObject({ live: true });
    },
  );

  it('takes the absolute form and a slash at the end everywhere', async () => {
    expect((await ask('GET http://host/readyz/queue/')).status).toBe(200);
    expect((await ask('GET /api/production/ready/')).status).toBe(200);
    expect((await ask('GET http://host/api/things', bearer)).status).toBe(200);
    expect((await ask('GET http://host')).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s of a probe is 405, and says what is allowed',
    async (method) => {
      for (const path of [
        '/livez',
        '/readyz',
        '/readyz/queue',
        '/healthz',
        '/api/production/health',
        '/metrics',
      ]) {
        const reply = await ask(`${method} ${path}`);
        isProblem(reply, 405, 'probe.method');
        expect(reply.head).toMatch(/^allow: GET, HEAD/im);
      }
    },
  );

  it.each([
    ['JSON that is none', 'POST /api/things', `${bearer}${json}Content-Length: 2\r\n`, '{"', 400],
    [
      'JSON that would change prototypes',
      'POST /api/things',
      `${bearer}${json}Content-Length: 16\r\n`,
      '{"__proto__":{}}',
      400,
    ],
    [
      'no JSON where JSON is said to be',
      'POST /api/things',
      `${bearer}${json}Content-Length: 0\r\n`,
      '',
      400,
    ],
    [
      'another media type',
      'POST /api/things',
      `${bearer}Content-Type: text/xml\r\nContent-Length: 2\r\n`,
      '<>',
      415,
    ],
    [
      'a media type that is none',
      'POST /api/things',
      `${bearer}Content-Type: ;;;\r\nContent-Length: 2\r\n`,
      '<>',
      415,
    ],
    ['a body too large', 'POST /api/things', `${bearer}${json}Content-Length: 400000\r\n`, '', 413],
    ['an address that cannot be decoded', 'GET /api/%', bearer, '', 400],
    ['half a character', 'GET /api/%e0%a4%a', bearer, '', 400],
    ['an address that is none', 'GET nothing', bearer, '', 400],
    ['headers too large', 'GET /livez', `X: ${'x'.repeat(20_000)}\r\n`, '', 431],
    ['a method that is none', 'BREW /livez', '', '', 400],
    [
      'a chunk that is none',
      'POST /api/things',
      `${bearer}${json}Transfer-Encoding: chunked\r\n`,
      'zz\r\n',
      400,
    ],
    ['another expectation', 'POST /api/things', `${bearer}Expect: the-unexpected\r\n`, '', 417],
    ['a tunnel', 'CONNECT example.org:443', '', '', 405],
  ])('tells %s in our shape', async (_what, line, headers, body, status) => {
    isProblem(await ask(line, headers, body), status, expect.any(String) as unknown as string);
  });

  it('tells a line that is none, and headers that never end, in our shape', async () => {
    isProblem(await raw(front.port, '\u0016\u0003\u0001 hello\r\n\r\n'), 400, 'http.400');
    isProblem(await raw(front.port, 'GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: '), 408, 'http.408');
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty;q=1', ',,;;q=,', 'text/plain;q=NaN', '*'])(
    'answers JSON to Accept: %s',
    async (accept) => {
      const reply = await ask('GET /readyz', `Accept: ${accept}\r\n`);
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.body)).toMatchObject({ ready: true });
    },
  );
});
