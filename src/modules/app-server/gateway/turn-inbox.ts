import type { ThreadNews, TurnError } from '../protocol/codex.schemas.js';

/** What may wait for a client that reads slower than the model writes, in characters. */
const MAX_UNREAD = 1_048_576;

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

export type TurnEnd =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: TurnError | null }
  | { readonly kind: 'aborted'; readonly reason: unknown };

/** Between what the child says of one turn and who reads it: joins what waits, and never holds more than a bound. */
export class TurnInbox {
  usage: TokenUsage | null = null;
  turnId: string | null = null;
  private unread = '';
  private ended: TurnEnd | null = null;
  private wake: (() => void) | null = null;
  private lastItem: string | null = null;
  private readonly streamed = new Set<string>();

  /** Whether the child has ended the turn itself, so that there is nothing to interrupt. */
  get endedByChild(): boolean {
    return this.ended !== null && this.ended.kind !== 'aborted';
  }

  take(news: ThreadNews): void {
    switch (news.name) {
      case 'turn/started':
        this.turnId = news.params.turn.id;
        return;
      case 'item/agentMessage/delta':
        this.streamed.add(news.params.itemId);
        return this.add(news.params.itemId, news.params.delta);
      case 'item/completed': {
        const { type, id, text } = news.params.item;
        // Some providers do not stream: then the whole text comes with the end of the item.
        if (type === 'agentMessage' && id !== undefined && !this.streamed.has(id)) this.add(id, text ?? '');
        return;
      }
      case 'thread/tokenUsage/updated':
        this.usage = news.params.tokenUsage.total;
        return;
      case 'turn/completed': {
        const { status, error } = news.params.turn;
        return this.end(
          status === 'completed' ? { kind: 'completed' } : { kind: 'failed', error: error ?? null },
        );
      }
    }
  }

  /** Nobody wants the rest, or nobody is there to write it. The first end counts. */
  abort(reason: unknown): void {
    this.end({ kind: 'aborted', reason });
  }

  /** The text since the last call as soon as there is some, or how the turn ended once all was read. */
  async next(): Promise<string | TurnEnd> {
    for (;;) {
      if (this.unread !== '' && this.ended?.kind !== 'aborted') {
        const text = this.unread;
        this.unread = '';
        return text;
      }
      if (this.ended !== null) return this.ended;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private add(item: string, text: string): void {
    if (this.ended !== null || text === '') return;
    // Two messages of one turn are two paragraphs of one answer.
    if (this.lastItem !== null && this.lastItem !== item) this.unread += '\n\n';
    this.lastItem = item;
    this.unread += text;
    if (this.unread.length > MAX_UNREAD) this.abort(new Error('the client reads too slowly'));
    else this.ring();
  }

  private end(how: TurnEnd): void {
    this.ended ??= how;
    this.ring();
  }

  private ring(): void {
    this.wake?.();
    this.wake = null;
  }
}
