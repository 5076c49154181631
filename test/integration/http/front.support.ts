import { Controller, Get, Post, type INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { connect, type Socket } from 'node:net';
import { HttpFront } from '../../../src/bootstrap/http-adapter.js';
import { ProbeAnswers } from '../../../src/modules/health/index.js';
import { Connections, Descriptors } from '../../../src/modules/resources/index.js';
import { ProblemFilter } from '../../../src/modules/http/index.js';
import { apiWith, service } from '../../unit/health/fixtures.js';

export const LARGE = 'x'.repeat(24 * 1024 * 1024);

@Controller()
class Things {
  @Get('api/things')
  list() {
    return { items: [] };
  }

  @Post('api/things')
  make() {
    return { made: true };
  }

  @Get('api/large')
  large() {
    return { large: LARGE };
  }

  @Get('metrics')
  metrics() {
    return 'metric 1';
  }
}

export interface Front {
  readonly app: INestApplication;
  readonly port: number;
}

/** The front of a process, with a controller behind it. */
export async function startFront(settings: { API_TOKEN?: string; OPS_TOKEN?: string } = {}): Promise<Front> {
  const snapshot = apiWith();
  const believed = {
    ...snapshot,
    checks: snapshot.checks.map((check) => ({ ...check, validUntil: Infinity })),
  };
  const answers = new ProbeAnswers(
    {
      snapshot: () => believed,
      fresh: () => Promise.resolve(believed),
      liveness: () => ({ live: true, reason: null, since: 0 }),
      sample: () => ({ cpuUsage: 0, memoryUsage: {}, activeConnections: 0 }),
    },
    { service },
  );
  const front = new HttpFront(new Connections(new Descriptors(), 10_000));
  const module = await Test.createTestingModule({ controllers: [Things] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(front.adapter, { logger: false });
  app.useGlobalFilters(new ProblemFilter());
  const tokens = { API_TOKEN: undefined, OPS_TOKEN: undefined, production: false, ...settings };
  front.serve(answers, { draining: false }, { settings: tokens, forPlatform: true });
  await app.listen(0, '127.0.0.1');
  return { app, port: (app.getHttpServer().address() as { port: number }).port };
}

export interface RawReply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Writes bytes as they are, and reads what comes until the connection ends or one whole answer has come. */
export async function raw(port: number, text: string | Buffer, timeoutMs = 20_000): Promise<RawReply> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.write(text);
  try {
    return await readReply(socket, timeoutMs);
  } finally {
    socket.destroy();
  }
}

export function readReply(socket: Socket, timeoutMs = 20_000): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    let received = '';
    const timer = setTimeout(
      () => reject(new Error(`no answer in ${timeoutMs} ms; so far: ${received}`)),
      timeoutMs,
    );
    const settle = () => {
      clearTimeout(timer);
      const [head = '', body = ''] = received.split(/\r\n\r\n(.*)/s);
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body });
    };
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const [head = '', body] = received.split(/\r\n\r\n(.*)/s);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (body !== undefined && length !== undefined && body.length >= Number(length)) settle();
    });
    socket.once('close', settle);
  });
}
