import { Injectable } from '@nestjs/common';
import { refusal } from '../../http/index.js';
import { Sandbox, type Compiled } from '../sandbox/sandbox.service.js';
import type { FieldError } from './field-errors.js';
import { KnownExpressions, type ExpressionVerdict } from './known-expressions.js';
import type { WorkflowDefinition } from './workflow.js';

/** Processor time for all expressions of one workflow, ms. */
const CPU_MS = 1000;
/** How long a client waits for the sandbox, ms. */
const WITHIN_MS = 8000;
const MAX_UNDER_WAY = 32;

const TOO_MUCH = {
  'too-slow': 'takes too long to compile; make it simpler',
  'too-big': 'takes too much memory to compile; make it simpler',
};

/**
 * Compiles a workflow's expressions, so that a wrong one is told now and not at three in the morning: in the sandbox,
 * for a compiler at work on a hostile text is as good at blocking a process as the text itself.
 */
@Injectable()
export class ExpressionChecker {
  private readonly known = new KnownExpressions();
  private underWay = 0;

  constructor(private readonly sandbox: Sandbox) {}

  /** What is wrong with them; throws the refusal when that cannot be told now. */
  async errorsOf({ steps }: WorkflowDefinition): Promise<readonly FieldError[]> {
    const transforms = steps.flatMap((step, index) =>
      step.kind === 'transform' ? [{ ...step, index }] : [],
    );
    const verdicts = await this.verdictsOn(new Set(transforms.map(({ expression }) => expression)));
    return transforms.flatMap(({ id, index, expression }) => {
      const why = verdicts.get(expression);
      if (typeof why !== 'string') return [];
      return [{ path: `steps[${index}].expression`, message: `step "${id}": expression ${why}` }];
    });
  }

  private async verdictsOn(expressions: ReadonlySet<string>): Promise<Map<string, ExpressionVerdict>> {
    const verdicts = new Map<string, ExpressionVerdict>();
    for (const expression of expressions) {
      const verdict = this.known.verdictOn(expression);
      if (verdict !== undefined) verdicts.set(expression, verdict);
    }
    const unknown = [...expressions].filter((expression) => !verdicts.has(expression));
    const reply = await this.compile(unknown);
    // What took too much may have had too little: it is said, and not remembered.
    if (reply.kind !== 'compiled') return verdicts.set(unknown[reply.index] ?? '', TOO_MUCH[reply.kind]);
    const wrong = new Map(reply.errors.map(({ index, message }) => [unknown[index], message]));
    for (const expression of unknown) {
      const verdict = wrong.get(expression) ?? null;
      this.known.add(expression, verdict);
      verdicts.set(expression, verdict);
    }
    return verdicts;
  }

  private async compile(expressions: readonly string[]): Promise<Exclude<Compiled, { kind: 'unknown' }>> {
    if (expressions.length === 0) return { kind: 'compiled', errors: [] };
    if (this.underWay >= MAX_UNDER_WAY) throw refusal('workflow.unchecked');
    this.underWay += 1;
    const signal = AbortSignal.timeout(WITHIN_MS);
    try {
      const reply = await this.sandbox.compile({ expressions, timeoutMs: CPU_MS, signal });
      if (reply.kind === 'unknown') throw refusal('workflow.unchecked');
      return reply;
    } catch (error) {
      if (signal.aborted) throw refusal('workflow.unchecked');
      throw error;
    } finally {
      this.underWay -= 1;
    }
  }
}
