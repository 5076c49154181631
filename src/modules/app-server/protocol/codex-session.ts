import type { z } from 'zod';
import { messageOf } from '../../kernel/index.js';
import { JsonRpcClient, type RpcListener, type RpcPeer } from '../rpc/json-rpc.client.js';
import { RpcError } from '../rpc/rpc.error.js';
import {
  effectiveConfig,
  modelPage,
  notifications,
  startedThread,
  startedTurn,
  UNWANTED_NOTIFICATIONS,
  type NotificationName,
  type ThreadNews,
} from './codex.schemas.js';
import { refuse } from './server-requests.policy.js';

const MODELS_PER_PAGE = 100;
const MAX_PAGES = 100;
const TURN_CALL_MS = 15_000;
const CLEANUP_CALL_MS = 2_000;
const CONFIG_CALL_MS = 1_000;
/** Codex reads its configuration for each thread; so often it is asked what it would read. */
const CONFIG_COUNTS_MS = 1_000;

export interface AdvertisedModel {
  readonly id: string;
  readonly isDefault: boolean;
}

export interface ThreadOptions {
  readonly model: string | null;
  readonly sandbox: string;
  readonly developerInstructions: string | null;
}

export interface TurnInput {
  readonly text: string;
  readonly effort?: string | undefined;
  readonly outputSchema?: unknown;
}

/**
 * What one call said of a child that may be wedged. `busy` answered that it is overloaded or with another error,
 * `unanswered` sent something else meanwhile, `mute` sent nothing at all.
 */
export interface Pulse {
  readonly kind: 'alive' | 'busy' | 'unanswered' | 'mute';
  readonly message: string;
}

/** One life of `codex app-server`: its handshake, its models, its threads. */
export class CodexSession {
  private readonly rpc: JsonRpcClient;
  private readonly threads = new Map<string, (news: ThreadNews) => void>();
  private readonly closers = new Set<(reason: string) => void>();
  private closedBecause: string | null = null;
  private advertised: readonly AdvertisedModel[] = [];
  private configured: { model: string | null; at: number } = { model: null, at: -Infinity };

  constructor(peer: RpcPeer, oddity: RpcListener['oddity']) {
    this.rpc = new JsonRpcClient(peer, {
      notification: (method, params) => this.dispatch(method, params),
      request: (method) => refuse(method),
      oddity,
    });
  }

  push(chunk: Buffer): void {
    this.rpc.push(chunk);
  }

  /** The child has ended: calls fail, and threads are told. */
  close(reason: string): void {
    if (this.closedBecause !== null) return;
    this.closedBecause = reason;
    this.rpc.close(reason);
    for (const closer of this.closers) closer(reason);
    this.closers.clear();
  }

  /** Threads that were started and not forgotten. */
  get openThreads(): readonly string[] {
    return [...this.threads.keys()];
  }

  /** Calls back when the child ends, at once when it has; the answer takes that back. */
  onClose(closer: (reason: string) => void): () => void {
    if (this.closedBecause !== null) closer(this.closedBecause);
    else this.closers.add(closer);
    return () => this.closers.delete(closer);
  }

  /** `initialize`, `initialized`, `model/list`: rejects unless all of it succeeds within the deadline. */
  async handshake(version: string, deadlineMs: number): Promise<readonly AdvertisedModel[]> {
    const due = performance.now() + deadlineMs;
    const left = () => Math.max(1, Math.round(due - performance.now()));
    await this.rpc.call(
      'initialize',
      {
        clientInfo: { name: 'probity', title: 'Probity', version },
        capabilities: {
          experimentalApi: false,
          requestAttestation: false,
          optOutNotificationMethods: UNWANTED_NOTIFICATIONS,
        },
      },
      left(),
    );
    this.rpc.notify('initialized');
    this.advertised = await this.listModels(left);
    return this.advertised;
  }

  /** What the handshake found; nothing before it is done. */
  get models(): readonly AdvertisedModel[] {
    return this.advertised;
  }

  /** The model that codex is configured to use, as it was told last; null when it names none, or did not say. */
  get lastConfiguredModel(): string | null {
    return this.configured.model;
  }

  /** Asks for it, unless that was done just now. Never rejects: without an answer it is what it was. */
  async configuredModel(): Promise<string | null> {
    if (performance.now() - this.configured.at < CONFIG_COUNTS_MS) return this.configured.model;
    try {
      const { config } = await this.ask(
        'config/read',
        { includeLayers: false },
        effectiveConfig,
        CONFIG_CALL_MS,
      );
      this.configured = { model: config.model ?? null, at: performance.now() };
    } catch {
      // An older codex does not know the question.
      this.configured = { ...this.configured, at: performance.now() };
    }
    return this.configured.model;
  }

  /** A call that costs next to nothing, to find out whether anybody is there. */
  async pulse(deadlineMs: number): Promise<Pulse> {
    const before = this.rpc.bytesReceived;
    try {
      await this.rpc.call('model/list', { limit: 1 }, deadlineMs);
      return { kind: 'alive', message: 'it answers' };
    } catch (error) {
      const message = messageOf(error);
      // An error is an answer too: overload, above all, is not death.
      if (error instanceof RpcError && error.kind === 'answered') return { kind: 'busy', message };
      return { kind: this.rpc.bytesReceived > before ? 'unanswered' : 'mute', message };
    }
  }

  /** Starts a thread; `listener` hears of it until it is forgotten. */
  async startThread(
    options: ThreadOptions,
    listener: (news: ThreadNews) => void,
  ): Promise<{ readonly id: string; readonly model: string }> {
    const { thread, model } = await this.ask(
      'thread/start',
      { ...options, approvalPolicy: 'never' },
      startedThread,
      TURN_CALL_MS,
    );
    this.threads.set(thread.id, listener);
    return { id: thread.id, model };
  }

  /** Puts what was said before into the thread, as items of the Responses API. */
  async addHistory(threadId: string, items: readonly unknown[]): Promise<void> {
    if (items.length > 0) await this.rpc.call('thread/inject_items', { threadId, items }, TURN_CALL_MS);
  }

  /** Answers the id of the turn. */
  async startTurn(threadId: string, { text, effort, outputSchema }: TurnInput): Promise<string> {
    const params = {
      threadId,
      input: [{ type: 'text', text, text_elements: [] }],
      ...(effort === undefined ? {} : { effort }),
      ...(outputSchema === undefined ? {} : { outputSchema }),
    };
    return (await this.ask('turn/start', params, startedTurn, TURN_CALL_MS)).turn.id;
  }

  async interrupt(threadId: string, turnId: string): Promise<void> {
    await this.rpc.call('turn/interrupt', { threadId, turnId }, CLEANUP_CALL_MS);
  }

  /** Deletes the thread, from the child's memory and its disk: a thread that is merely left stays for half an hour. */
  async forgetThread(threadId: string): Promise<void> {
    await this.rpc.call('thread/delete', { threadId }, CLEANUP_CALL_MS);
    this.threads.delete(threadId);
  }

  private async listModels(left: () => number): Promise<readonly AdvertisedModel[]> {
    const models: AdvertisedModel[] = [];
    const seen = new Set<string>();
    let cursor: string | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page: z.infer<typeof modelPage> = await this.ask(
        'model/list',
        { limit: MODELS_PER_PAGE, cursor },
        modelPage,
        left(),
      );
      models.push(...page.data.map(({ model, isDefault }) => ({ id: model, isDefault: isDefault ?? false })));
      cursor = page.nextCursor ?? null;
      if (cursor === null) return models;
      if (seen.has(cursor))
        throw new RpcError('answered', 'model/list gives the same cursor again and again');
      seen.add(cursor);
    }
    throw new RpcError('answered', `model/list has not ended after ${MAX_PAGES} pages`);
  }

  private async ask<S extends z.ZodType>(
    method: string,
    params: unknown,
    schema: S,
    deadlineMs: number,
  ): Promise<z.infer<S>> {
    const parsed = schema.safeParse(await this.rpc.call(method, params, deadlineMs));
    if (parsed.success) return parsed.data;
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new RpcError('answered', `the answer to ${method} is not of the known protocol: ${field}`);
  }

  private dispatch(method: string, params: unknown): void {
    if (!Object.hasOwn(notifications, method)) return;
    const name = method as NotificationName;
    const parsed = notifications[name].safeParse(params);
    if (!parsed.success) return;
    this.threads.get(parsed.data.threadId)?.({ name, params: parsed.data } as ThreadNews);
  }
}
