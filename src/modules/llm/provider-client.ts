import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import {
  classifyListing,
  classifyReply,
  classifyTransport,
  isRetryable,
  retryAfter,
} from './classify.policy.js';
import { DIALECTS, readModels, type CompletionReply, type CompletionRequest } from './dialect.js';
import { codedCause, codeOf, createRedact } from '../kernel/index.js';
import type { Provider } from './provider.js';
import { ProviderError, type Trouble } from './provider-error.js';

const LARGEST_ANSWER = 8 * 1024 * 1024;

/** Speaks HTTP with the providers. Redirects are not followed: a key goes to the configured host only. */
@Injectable()
export class ProviderClient implements OnApplicationShutdown {
  // Idle connections are dropped well before the next probe, so that each probe sees DNS, TLS and routes of now.
  private readonly agent = new Agent({
    connect: { timeout: 2500 },
    keepAliveTimeout: 4000,
    keepAliveMaxTimeout: 4000,
    maxResponseSize: LARGEST_ANSWER,
  });

  /** Ids of the models that the provider lists. Never billed. Rejects with `ProviderError`. */
  async listModels(provider: Provider, signal: AbortSignal): Promise<readonly string[]> {
    return await this.exchange(provider, { method: 'GET', path: '/models', signal }, readModels);
  }

  /** One completion, billed. Rejects with `ProviderError`, or with the signal's reason when it aborts. */
  async complete(
    provider: Provider,
    completion: CompletionRequest,
    signal: AbortSignal,
  ): Promise<CompletionReply> {
    const dialect = DIALECTS[provider.name];
    const body = JSON.stringify(dialect.completionBody(completion));
    return await this.exchange(
      provider,
      { method: 'POST', path: dialect.completionPath, body, signal },
      (reply) => dialect.readCompletion(reply),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async exchange<T>(
    provider: Provider,
    question: { method: 'GET' | 'POST'; path: string; body?: string; signal: AbortSignal },
    read: (body: unknown) => T,
  ): Promise<T> {
    const { method, path, body, signal } = question;
    let reply;
    let text: string;
    try {
      reply = await request(`${provider.baseUrl}${path}`, {
        dispatcher: this.agent,
        method,
        signal,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...DIALECTS[provider.name].headers(provider.apiKey),
        },
        ...(body === undefined ? {} : { body }),
      });
      text = await reply.body.text();
    } catch (error) {
      if (signal.aborted) throw error;
      throw transportError(provider, error);
    }
    const parsed = parse(text);
    if (reply.statusCode !== 200) {
      const header = (name: string) => [reply.headers[name]].flat()[0];
      throw replyError(provider, reply.statusCode, parsed, retryAfter(header, Date.now()));
    }
    try {
      return read(parsed);
    } catch {
      throw new ProviderError(
        'llm.unexpected_answer',
        `${provider.name} answered ${path} with something that is not its API; check ${provider.urlSetting}`,
        { provider: provider.name, retryable: false, status: 200, asListing: 'llm.unverified' },
      );
    }
  }
}

function transportError(provider: Provider, error: unknown): ProviderError {
  const cause = codeOf(codedCause(error));
  const code = classifyTransport(cause);
  return new ProviderError(
    code,
    code === 'llm.slow'
      ? `${provider.name} did not answer in time`
      : `${provider.name} cannot be reached (${cause ?? 'no reason given'}); check ${provider.urlSetting} and the network`,
    { provider: provider.name, retryable: isRetryable(code) },
  );
}

function replyError(
  provider: Provider,
  status: number,
  body: unknown,
  retryAfterMs: number | null,
): ProviderError {
  const { names, shown, text } = namesIn(body, provider.apiKey);
  const reply = { status, names, text };
  const code = classifyReply(reply);
  const said = `answered ${status}${shown.length === 0 ? '' : ` (${shown.join(', ')})`}`;
  return new ProviderError(code, `${provider.name} ${said}${hint(code, provider)}`, {
    provider: provider.name,
    retryable: isRetryable(code),
    retryAfterMs,
    status,
    asListing: classifyListing(reply),
  });
}

function hint(code: Trouble, provider: Provider): string {
  switch (code) {
    case 'llm.key_rejected':
      return `; check ${provider.keySetting}`;
    case 'llm.quota_exhausted':
      return '; its quota, credit or budget is spent: add credit or raise the limit';
    case 'llm.unexpected_answer':
      return `; check ${provider.urlSetting}`;
    default:
      return '';
  }
}

/** Names are words; what holds a run of digits, or a part of the key in whichever case, is shown to nobody. */
const NAME = /^[a-z]{1,24}(?:[_.-][a-z]{1,24}){0,7}$|^\d{3}$/;

/** The names of an error, and nothing else that the provider wrote, unless it is to be classified. */
function namesIn(
  body: unknown,
  apiKey: string,
): { names: readonly string[]; shown: readonly string[]; text: string } {
  const error = member(body, 'error');
  const names = [member(error, 'code'), member(error, 'type')].filter(
    (name): name is string => typeof name === 'string' && /^[a-z][a-z0-9_.-]{0,63}$/i.test(name),
  );
  const text = member(error, 'message');
  const lower = names.map((name) => name.toLowerCase());
  const key = apiKey.toLowerCase();
  const redact = createRedact([apiKey]);
  const shown = lower.filter((name) => NAME.test(name) && redact(name) === name && !key.includes(name));
  return { names: lower, shown, text: typeof text === 'string' ? text : '' };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
