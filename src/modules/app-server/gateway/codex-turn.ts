import { messageOf } from '../../kernel/index.js';
import type { CodexSession } from '../protocol/codex-session.js';
import { OVERLOADED, RpcError } from '../rpc/rpc.error.js';
import type { CompletionRequest } from './completion-request.js';
import { backendFailed, GatewayError, workerBusy, workerExited, workerNotReady } from './gateway.error.js';
import { TurnInbox, type TokenUsage, type TurnEnd } from './turn-inbox.js';
import { turnFailure } from './turn-failure.policy.js';

export type TurnEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'end'; readonly usage: TokenUsage | null };

export interface TurnPlace {
  readonly session: CodexSession;
  readonly model: string | null;
  readonly sandbox: string;
}

/** One chat completion as one turn of a thread of its own, which is deleted afterwards. */
export class CodexTurn {
  private readonly inbox = new TurnInbox();
  private threadId: string | null = null;

  constructor(
    private readonly place: TurnPlace,
    private readonly request: CompletionRequest,
    /** Aborts with a `GatewayError` that says why. */
    private readonly signal: AbortSignal,
  ) {}

  /** The turn as it happens. Throws `GatewayError`. Call `cleanUp` afterwards, however it ended. */
  async *events(): AsyncGenerator<TurnEvent, void, undefined> {
    const { session } = this.place;
    const offClose = session.onClose(() => this.inbox.abort(workerExited()));
    const onAbort = () => this.inbox.abort(this.signal.reason);
    this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.start();
      yield { kind: 'started' };
      for (;;) {
        const next = await this.inbox.next();
        if (typeof next !== 'string') {
          this.throwUnlessCompleted(next);
          yield { kind: 'end', usage: this.inbox.usage };
          return;
        }
        yield { kind: 'text', text: next };
      }
    } catch (error) {
      throw toGatewayError(error);
    } finally {
      offClose();
      this.signal.removeEventListener('abort', onAbort);
      // Whoever stops reading has no use for the rest.
      this.inbox.abort(new Error('it is no longer read'));
    }
  }

  /** Interrupts the turn unless it has ended, and deletes its thread. Never rejects. */
  async cleanUp(): Promise<void> {
    const { session } = this.place;
    const { threadId } = this;
    if (threadId === null) return;
    const { turnId, endedByChild } = this.inbox;
    if (turnId !== null && !endedByChild) await session.interrupt(threadId, turnId).catch(() => undefined);
    await session.forgetThread(threadId).catch(() => undefined);
  }

  private async start(): Promise<void> {
    this.signal.throwIfAborted();
    const { session, model, sandbox } = this.place;
    const { instructions, history, prompt, effort, outputSchema } = this.request;
    const options = { model, sandbox, developerInstructions: instructions };
    const thread = await session.startThread(options, (news) => this.inbox.take(news));
    this.threadId = thread.id;
    this.signal.throwIfAborted();
    await session.addHistory(thread.id, history);
    this.signal.throwIfAborted();
    this.inbox.turnId = await session.startTurn(thread.id, { text: prompt, effort, outputSchema });
  }

  private throwUnlessCompleted(end: TurnEnd): void {
    if (end.kind === 'completed') return;
    if (end.kind === 'aborted') throw end.reason;
    const { error } = end;
    const failure = turnFailure(error?.codexErrorInfo);
    throw backendFailed(error?.message ?? 'The turn was interrupted.', failure);
  }
}

function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof RpcError)) {
    return backendFailed(messageOf(error));
  }
  switch (error.kind) {
    case 'closed':
      return workerExited();
    case 'timeout':
      return workerNotReady('it does not answer');
    case 'not_sent':
      return workerBusy('The backend takes no more input for now; try again.');
    case 'answered':
      return error.rpcCode === OVERLOADED
        ? workerBusy('The backend is overloaded; try again.')
        : backendFailed(error.message);
    case 'oversized':
      return backendFailed(error.message);
  }
}
