import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { register } from 'prom-client';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, never>;
}

export interface Application {
  readonly app: NestFastifyApplication;
  /** Asks it by HTTP. */
  get(
    path: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, never> }>;
  /** Until it answers `path` with `status`. */
  until(path: string, status: number): Promise<Record<string, never>>;
  /** Until a check says `code`. */
  untilCode(path: string, code: string): Promise<Record<string, never>>;
}

export interface Parts {
  readonly imports?: NonNullable<DynamicModule['imports']>;
  readonly providers?: NonNullable<DynamicModule['providers']>;
  readonly controllers?: Type[];
  /** Before it listens. */
  readonly change?: (app: NestFastifyApplication) => void;
}

@Module({})
class SomebodysModule {}

/** An application of somebody else's, on Nest and Fastify, that listens; closed with its test. */
export async function application({
  imports = [],
  providers = [],
  controllers = [],
  change,
}: Parts): Promise<Application> {
  // One registry a process, and a test file holds several applications.
  register.clear();
  const root = { module: SomebodysModule, imports, providers, controllers };
  const app = await NestFactory.create<NestFastifyApplication>(root as never, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  atEnd(() => app.close());
  change?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const get: Application['get'] = async (path, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { connection: 'close', ...headers },
    });
    const text = await response.text();
    return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as never };
  };
  const wait = async (path: string, what: string, isSo: (answer: Answer) => boolean) => {
    let last: Answer | undefined;
    return await eventually(async () => (isSo((last = await get(path))) ? last.body : undefined), {
      timeoutMs: 15_000,
    }).catch((error: unknown) => {
      throw new Error(`${path} is not ${what} but ${JSON.stringify(last)}`, { cause: error });
    });
  };
  return {
    app,
    get,
    until: (path, status) => wait(path, String(status), (answer) => answer.status === status),
    untilCode: (path, code) => wait(path, code, ({ body }) => body['code'] === code),
  };
}
