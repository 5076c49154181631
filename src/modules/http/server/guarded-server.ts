import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { ServerLimits } from '../limits.js';
import { PROBLEM_TYPE, problemReply, type ProblemReply } from '../problem.js';
import { AnswerWatch, unsent } from './answer-watch.js';
import { closeWithLastAnswers } from './last-answers.js';
import { answerParserError, endWithProblem } from './parser-errors.js';
import { originForm } from './request-target.js';

/** How long what is left of a body may take to arrive once its request was answered, ms. */
const REST_WITHIN_MS = 1000;

/** Node's server as every process has it: with limits on what one client may cost, and refusals in one shape. */
export function guardedServer(limits: ServerLimits, listener: RequestListener): Server {
  const answers = new AnswerWatch();
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      // Node looks for requests that never finish this often; its default of 30 s would let them pile up.
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      answers.add(request, response);
      if (hasBody(request)) response.once('finish', () => cutOffRest(request));
      request.url = originForm(request.url ?? '/');
      listener(request, response);
    },
  );
  server.maxConnections = limits.maxConnections;
  server.on('clientError', answerParserError);
  server.on('connect', (_request, socket: Socket) => endWithProblem(socket, problemReply('http.405')));
  server.on('checkExpectation', (_request, response: ServerResponse) =>
    answer(response, problemReply('http.417')),
  );
  cutOffStalledReaders(server, limits.stalledReaderMs);
  answers.watch(server);
  closeWithLastAnswers(server);
  return server;
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** A connection is worth keeping when the rest of the body that nobody reads is there in a moment. */
function cutOffRest(request: IncomingMessage): void {
  if (request.complete) return;
  const { socket } = request;
  request.resume();
  const timer = setTimeout(() => {
    if (!request.complete) socket.destroy();
  }, REST_WITHIN_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

/**
 * A socket on which nothing moved for so long is ended when an answer waits in it that its client does not read, or
 * when nothing is under way. One that waits for its answer is left in peace: Node calls again after the next write.
 */
function cutOffStalledReaders(server: Server, stalledMs: number): void {
  server.setTimeout(stalledMs, (socket: Socket) => {
    const response = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
    if (response == null || response.writableEnded || unsent(socket) > 0) socket.destroy();
  });
}

function answer(response: ServerResponse, { statusCode, headers, body }: ProblemReply): void {
  const text = JSON.stringify(body);
  response.writeHead(statusCode, {
    ...headers,
    'content-type': PROBLEM_TYPE,
    'cache-control': 'no-store',
    connection: 'close',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
