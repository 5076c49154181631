import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { retryAfter, SlowBodyError } from '../../http/index.js';
import { cut, type Redact } from '../../kernel/index.js';
import type { ChatCompletions } from './chat-completions.service.js';
import type { TurnEvent } from './codex-turn.js';
import { CompletionFormat } from './completion-format.js';
import { readCompletionRequest } from './completion-request.js';
import { backendFailed, GatewayError, invalidRequest, refused } from './gateway.error.js';

/** Long conversations are longer than what the rest of the API accepts. */
const MAX_BODY_BYTES = 1024 * 1024;
/** What a backend said of its failure is cut after so many characters. */
const MAX_MESSAGE = 1000;

export interface GatewayParts {
  readonly completions: ChatCompletions;
  readonly guard: (authorization: string | undefined) => void;
  readonly redact: Redact;
  /** Told of what was not foreseen. */
  readonly defect: (error: unknown) => void;
}

/** `/v1/models` and `/v1/chat/completions`, as OpenAI's clients speak them. */
export function registerGateway(fastify: FastifyInstance, parts: GatewayParts): void {
  const { completions, guard } = parts;
  const errorHandler = (error: unknown, _request: FastifyRequest, reply: FastifyReply): void => {
    void sendError(reply, asGatewayError(error, parts), parts.redact);
  };

  fastify.get('/v1/models', {
    errorHandler,
    onRequest: (request, _reply, done) => {
      guard(request.headers.authorization);
      done();
    },
    handler: async () => {
      completions.assertReady();
      const data = (await completions.models()).map((id) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'codex',
      }));
      return { object: 'list', data };
    },
  });

  fastify.post('/v1/chat/completions', {
    errorHandler,
    bodyLimit: MAX_BODY_BYTES,
    // A request that would be refused anyway is refused before its body is read.
    onRequest: (request, _reply, done) => {
      guard(request.headers.authorization);
      completions.assertOpen();
      done();
    },
    handler: async (request, reply) => {
      const asked = readCompletionRequest(request.body);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort(new Error('the client has left')));
      const model = await completions.modelOf(asked);
      const created = Math.floor(Date.now() / 1000);
      const format = new CompletionFormat(`chatcmpl-${randomUUID()}`, created, model, asked.includeUsage);
      const events = completions.run(asked, model, gone.signal);
      // Whatever became of the answer by then: a slot must not wait for a reader that never came.
      gone.signal.addEventListener('abort', () => void events.return(), { once: true });
      // Until the turn has started, a failure has a status of its own.
      await events.next();
      if (!asked.stream) return await collect(events, format);
      reply.header('content-type', 'text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
      return reply.send(Readable.from(stream(events, format, parts), { objectMode: false }));
    },
  });
}

async function collect(
  events: AsyncGenerator<TurnEvent>,
  format: CompletionFormat,
): Promise<Readonly<Record<string, unknown>>> {
  const texts: string[] = [];
  for await (const event of events) {
    if (event.kind === 'text') texts.push(event.text);
    if (event.kind === 'end') return format.whole(texts.join(''), event.usage);
  }
  throw backendFailed('The turn ended without an end.', { retryable: true });
}

/** Server-sent events. A failure in the middle is one event with the error, and then the end, without `[DONE]`. */
async function* stream(
  events: AsyncGenerator<TurnEvent>,
  format: CompletionFormat,
  parts: GatewayParts,
): AsyncGenerator<string> {
  yield format.opening();
  try {
    for await (const event of events) {
      if (event.kind === 'text') yield format.text(event.text);
      if (event.kind === 'end') yield format.closing(event.usage);
    }
  } catch (error) {
    yield `data: ${JSON.stringify(bodyOf(asGatewayError(error, parts), parts.redact))}\n\n`;
  }
}

function sendError(reply: FastifyReply, error: GatewayError, redact: Redact): FastifyReply {
  const { status, retryAfterS } = error.parts;
  reply.headers(retryAfter(retryAfterS));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(status).type('application/json; charset=utf-8').send(bodyOf(error, redact));
}

function bodyOf(error: GatewayError, redact: Redact): Readonly<Record<string, unknown>> {
  const { message, ...rest } = error.body()['error'] as { message: string };
  return { error: { message: cut(redact(message), MAX_MESSAGE), ...rest } };
}

function asGatewayError(error: unknown, { defect }: GatewayParts): GatewayError {
  if (error instanceof GatewayError) return error;
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (error instanceof SlowBodyError) return new GatewayError('request_too_slow');
  if (statusCode === 413)
    return refused('request_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  if (statusCode === 415) return refused('unsupported_media_type');
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return invalidRequest(typeof message === 'string' ? message : 'The request cannot be read.');
  }
  defect(error);
  return backendFailed('The request failed for a reason that was not foreseen; it is in the log.', {
    status: 500,
  });
}
