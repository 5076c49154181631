import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_TYPE, problemReply, type ProblemReply } from '../problem.js';

/** What Node's parser refuses before there is a request. */
const BY_CODE = new Map<string, () => ProblemReply>([
  ['HPE_HEADER_OVERFLOW', () => problemReply('http.431')],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', () => problemReply('http.413')],
  ['ERR_HTTP_REQUEST_TIMEOUT', () => problemReply('http.408')],
]);

/** Tells the client of a request that could not be read what was wrong with it, and ends its connection. */
export function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  const answering = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage;
  if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent === true) {
    socket.destroy();
    return;
  }
  endWithProblem(socket, (BY_CODE.get(error.code ?? '') ?? (() => problemReply('http.400')))());
}

/** Writes a whole answer to a connection that no request of Node's stands for, and ends it. */
export function endWithProblem(socket: Socket, { statusCode, headers, body }: ProblemReply): void {
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    'Cache-Control: no-store',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
  // A client that goes on sending, or does not read, is not waited for.
  socket.setTimeout(1000, () => socket.destroy());
}
