/** How often and how patiently a step is tried. */
export interface RetrySetting {
  /** Tries in all, the first one included. */
  readonly maxAttempts: number;
  /** Wait before the second try, ms; doubled for each further one. */
  readonly backoffMs: number;
}

interface StepBase {
  /** Unique in its workflow; later steps read its output under this name. */
  readonly id: string;
  readonly retry?: RetrySetting | undefined;
  /** Limit of one try, ms; each kind has a default. */
  readonly timeoutMs?: number | undefined;
}

export interface DelayStep extends StepBase {
  readonly kind: 'delay';
  readonly ms: number;
}

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpStep extends StepBase {
  readonly kind: 'http';
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface TransformStep extends StepBase {
  readonly kind: 'transform';
  /** JSONata over `{ input, steps: { <id>: output } }`. */
  readonly expression: string;
}

export interface LlmStep extends StepBase {
  readonly kind: 'llm';
  readonly prompt: string;
  readonly model?: string | undefined;
  readonly provider?: 'openai' | 'anthropic' | 'litellm' | 'app-server' | undefined;
  readonly maxTokens?: number | undefined;
}

export type Step = DelayStep | HttpStep | TransformStep | LlmStep;
export type StepKind = Step['kind'];

const KINDS: readonly unknown[] = ['delay', 'http', 'transform', 'llm'] satisfies StepKind[];

/** False for a row that somebody else wrote, or spoiled: every definition is checked before it is stored. */
export function canBeRun(steps: unknown): steps is readonly Step[] {
  return (
    Array.isArray(steps) &&
    steps.every((step: unknown) => {
      const { id, kind } = Object(step) as { id?: unknown; kind?: unknown };
      return typeof id === 'string' && KINDS.includes(kind);
    })
  );
}

export interface WorkflowDefinition {
  readonly name: string;
  readonly steps: readonly Step[];
}
