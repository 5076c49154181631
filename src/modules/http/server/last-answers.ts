import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Kept {
  underWay: number;
  /** Received when nothing was under way any more; more than that is the beginning of another request. */
  bytes: number;
}

/**
 * Lets a server close with its last answers. Node ends what it takes for idle at that moment, answers among it whose
 * client has not read them yet, which come cut off; and what is not idle at that moment it keeps open for as long as
 * a connection may be idle, though its answer is sent and the server waits for nothing else.
 */
export function closeWithLastAnswers(server: Server): void {
  const connections = new Map<Socket, Kept>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, { underWay: 0, bytes: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const kept = connections.get(socket);
    if (kept === undefined) return;
    kept.underWay += 1;
    whenOver(request, response, () => {
      kept.underWay -= 1;
      kept.bytes = socket.bytesRead;
      if (!server.listening && kept.underWay === 0) socket.destroySoon();
    });
  });
  // Called by the server itself when it closes.
  server.closeIdleConnections = () => {
    for (const [socket, { underWay, bytes }] of connections)
      if (underWay === 0 && socket.bytesRead === bytes) socket.destroy();
  };
}

/** Calls back once the answer has gone out and the request has come whole. */
function whenOver(request: IncomingMessage, response: ServerResponse, over: () => void): void {
  let called = false;
  const look = () => {
    if (called || !response.closed || !request.complete) return;
    called = true;
    over();
  };
  response.once('close', look);
  request.once('end', look);
  request.once('close', look);
}
