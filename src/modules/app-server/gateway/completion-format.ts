import type { TokenUsage } from './turn-inbox.js';

/** One completion in the shapes of OpenAI's API. */
export class CompletionFormat {
  private readonly head: string;

  constructor(
    private readonly id: string,
    /** Epoch seconds. */
    private readonly created: number,
    private readonly model: string,
    private readonly includeUsage: boolean,
  ) {
    const common = JSON.stringify({ id, object: 'chat.completion.chunk', created, model });
    this.head = `data: ${common.slice(0, -1)},`;
  }

  opening(): string {
    return this.choice({ role: 'assistant', content: '' }, null);
  }

  /** Put together by hand: this runs for every token. */
  text(text: string): string {
    const usage = this.includeUsage ? ',"usage":null' : '';
    const content = JSON.stringify(text);
    return `${this.head}"choices":[{"index":0,"delta":{"content":${content}},"logprobs":null,"finish_reason":null}]${usage}}\n\n`;
  }

  closing(usage: TokenUsage | null): string {
    const last = this.choice({}, 'stop');
    const counted = `${this.head}"choices":[],"usage":${JSON.stringify(usageOf(usage))}}\n\n`;
    return `${last}${this.includeUsage ? counted : ''}data: [DONE]\n\n`;
  }

  whole(text: string, usage: TokenUsage | null): Readonly<Record<string, unknown>> {
    return {
      id: this.id,
      object: 'chat.completion',
      created: this.created,
      model: this.model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: text, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: usageOf(usage),
    };
  }

  private choice(delta: object, reason: 'stop' | null): string {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: reason }];
    const usage = this.includeUsage ? { usage: null } : {};
    return `${this.head}${JSON.stringify({ choices, ...usage }).slice(1)}\n\n`;
  }
}

function usageOf(usage: TokenUsage | null): Readonly<Record<string, number>> | null {
  if (usage === null) return null;
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.totalTokens,
  };
}
