import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { request } from 'undici';
import type { HttpStep } from '../definition/workflow.js';
import { EXECUTIONS_OPTIONS, type ExecutionsOptions } from '../executions.options.js';
import { guardedAgent } from '../net/guarded-agent.js';
import { failureOfStatus, failureOfTransport } from '../net/http-failure.policy.js';
import { nextHop, type Hop } from '../net/redirect.policy.js';
import { StepError } from './step-error.js';
import type { StepContext, StepRunner } from './step-runner.js';

const TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 128 * 1024;
const MAX_REDIRECTS = 5;
const SHOWN_HEADERS = ['content-type', 'etag', 'last-modified', 'location'];

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * Sends a request. In production it reaches the public internet only, and hosts that are allowed by name;
 * each redirect is held to the same rule. 5xx, 408, 429 and a broken network may be tried again, other 4xx not.
 */
@Injectable()
export class HttpStepRunner implements StepRunner<'http'>, OnApplicationShutdown {
  readonly kind = 'http';
  private readonly agent;

  constructor(
    @Inject(EXECUTIONS_OPTIONS)
    { publicOnly, allowedHosts }: Pick<ExecutionsOptions, 'publicOnly' | 'allowedHosts'>,
  ) {
    this.agent = guardedAgent({ publicOnly, allowed: allowedHosts }, MAX_RESPONSE_BYTES);
  }

  timeoutMs(step: HttpStep): number {
    return step.timeoutMs ?? TIMEOUT_MS;
  }

  async run(step: HttpStep, { signal }: StepContext): Promise<unknown> {
    let hop: Hop | null = firstHop(step);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const reply: Reply = await this.exchange(hop, signal);
      const location = [reply.headers['location']].flat()[0];
      const next = followed(hop, reply.status, location);
      if (next === null) return outputOf(reply);
      hop = next;
    }
    throw new StepError('http.redirects', `the server redirected more than ${MAX_REDIRECTS} times`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async exchange({ url, method, headers, body }: Hop, signal: AbortSignal): Promise<Reply> {
    try {
      const reply = await request(url, {
        dispatcher: this.agent,
        method,
        headers,
        signal,
        ...(body === undefined ? {} : { body }),
      });
      return { status: reply.statusCode, headers: reply.headers, text: await reply.body.text() };
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = failureOfTransport(error);
      throw new StepError(failure.code, failure.message, failure);
    }
  }
}

function firstHop({ method, url, headers = {}, body }: HttpStep): Hop {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const defaults: Record<string, string> = { 'user-agent': 'probity', accept: '*/*' };
  if (body !== undefined) {
    defaults['content-type'] = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  }
  const added = Object.entries(defaults).filter(([name]) => !given.has(name));
  return {
    method,
    url,
    headers: { ...Object.fromEntries(added), ...headers },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  };
}

function followed(hop: Hop, status: number, location: string | undefined): Hop | null {
  try {
    return nextHop(hop, status, location);
  } catch {
    throw new StepError('http.redirects', 'the server redirected to something that is no http URL');
  }
}

function outputOf(reply: Reply): unknown {
  const header = (name: string) => [reply.headers[name]].flat()[0];
  const failure = failureOfStatus(reply.status, header('retry-after'), Date.now());
  if (failure !== null) throw new StepError(failure.code, failure.message, failure);
  const shown = SHOWN_HEADERS.flatMap((name) => (header(name) === undefined ? [] : [[name, header(name)]]));
  return {
    status: reply.status,
    headers: Object.fromEntries(shown) as Record<string, string>,
    body: /\bjson\b/i.test(header('content-type') ?? '') ? parsed(reply.text) : reply.text,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
