import { messageOf, withDeadline } from '../../kernel/index.js';
import type { WriteResult } from '../../supervision/index.js';
import { LineFramer } from './line-framer.js';
import { answeredId, readMessage, type RpcId } from './message.policy.js';
import { RpcError } from './rpc.error.js';

/** Longer lines are thrown away. The largest that codex sends hold the output of a command. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** Calls that may wait for an answer at once. */
const MAX_PENDING = 4096;

export interface RpcPeer {
  write(line: string): WriteResult;
}

export interface RpcListener {
  notification(method: string, params: unknown): void;
  /** Answers a request of the peer; a throw refuses it. */
  request(method: string, params: unknown): unknown;
  /** Something came that cannot be used. `kind` is one of few, for counting. */
  oddity(kind: 'malformed' | 'oversized' | 'unexpected_answer', detail: string): void;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RpcError) => void;
}

/** JSON-RPC with one life of a child, one JSON object a line. Nothing that the child sends makes it throw. */
export class JsonRpcClient {
  private readonly pending = new Map<RpcId, Pending>();
  private readonly framer: LineFramer;
  private lastId = 0;
  private closed: RpcError | null = null;
  private received = 0;

  constructor(
    private readonly peer: RpcPeer,
    private readonly listener: RpcListener,
  ) {
    this.framer = new LineFramer(MAX_LINE_BYTES, {
      line: (text) => this.take(text),
      oversized: (head, tail, bytes) => this.refuseOversized(head, tail, bytes),
    });
  }

  /** How many bytes have come so far: a peer that goes on sending is not mute. */
  get bytesReceived(): number {
    return this.received;
  }

  /** What the child wrote to its stdout. */
  push(chunk: Buffer): void {
    this.received += chunk.length;
    if (this.closed === null) this.framer.push(chunk);
  }

  /** Calls a method. Rejects with `RpcError`; an answer that comes after the deadline is dropped. */
  async call(method: string, params: unknown, deadlineMs: number): Promise<unknown> {
    if (this.closed !== null) throw this.closed;
    if (this.pending.size >= MAX_PENDING) {
      throw new RpcError('not_sent', `${MAX_PENDING} calls wait for an answer already`);
    }
    const id = ++this.lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.pending.set(id, { resolve, reject }));
    // A rejection before anyone waits for it is not a defect.
    answer.catch(() => undefined);
    try {
      this.send({ id, method, params });
      const outcome = await withDeadline(deadlineMs, () => answer);
      if (outcome.kind === 'answered') return outcome.value;
      if (outcome.kind === 'threw') throw outcome.error;
      throw new RpcError('timeout', `${method} was not answered within ${deadlineMs} ms`);
    } finally {
      this.pending.delete(id);
    }
  }

  /** Sends a notification. Throws `RpcError` when it cannot. */
  notify(method: string, params?: unknown): void {
    this.send(params === undefined ? { method } : { method, params });
  }

  /** The child has ended: every call under way fails with the reason, and so does every later one. */
  close(reason: string): void {
    if (this.closed !== null) return;
    const error = new RpcError('closed', reason);
    this.closed = error;
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }

  private send(message: object): void {
    if (this.closed !== null) throw this.closed;
    const written = this.peer.write(`${JSON.stringify(message)}\n`);
    if (!written.accepted) throw new RpcError('not_sent', written.reason);
  }

  private take(line: string): void {
    const message = readMessage(line);
    switch (message.kind) {
      case 'result':
        return this.settle(message.id, (pending) => pending.resolve(message.result));
      case 'error':
        return this.settle(message.id, (pending) =>
          pending.reject(new RpcError('answered', message.message, message.code)),
        );
      case 'notification':
        return this.listener.notification(message.method, message.params);
      case 'request':
        return this.answer(message.id, message.method, message.params);
      case 'malformed':
        return this.listener.oddity('malformed', message.why);
    }
  }

  private settle(id: RpcId, how: (pending: Pending) => void): void {
    const pending = this.pending.get(id);
    if (pending === undefined) {
      // Answered twice, after its deadline, or never asked.
      this.listener.oddity('unexpected_answer', `nothing waits for an answer with id ${String(id)}`);
      return;
    }
    this.pending.delete(id);
    how(pending);
  }

  private answer(id: RpcId, method: string, params: unknown): void {
    let reply: object;
    try {
      reply = { id, result: this.listener.request(method, params) };
    } catch (error) {
      reply = {
        id,
        error: { code: -32601, message: messageOf(error) },
      };
    }
    try {
      this.send(reply);
    } catch {
      // A peer that does not read is found out by the calls that wait for it.
    }
  }

  private refuseOversized(head: string, tail: string, bytes: number): void {
    this.listener.oddity('oversized', `a message of ${bytes} bytes was thrown away`);
    const id = answeredId(head, tail);
    if (id === null) return;
    const error = new RpcError(
      'oversized',
      `the answer is ${bytes} bytes long; ${MAX_LINE_BYTES} is the limit`,
    );
    this.settle(id, (pending) => pending.reject(error));
  }
}
