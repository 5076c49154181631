import { Injectable } from '@nestjs/common';
import { refusal } from '../../http/index.js';
import { Sandbox } from '../sandbox/sandbox.service.js';
import type { FieldError } from './field-errors.js';
import type { WorkflowDefinition } from './workflow.js';

/** Processor time for all expressions of one workflow, ms. */
const CPU_MS = 1000;
/** How long a client waits for the sandbox, ms. */
const WITHIN_MS = 8000;
const MAX_UNDER_WAY = 32;

/**
 * Compiles a workflow's expressions, so that a wrong one is told now and not at three in the morning: in the sandbox,
 * for a compiler at work on a hostile text is as good at blocking a process as the text itself.
 */
@Injectable()
export class ExpressionChecker {
  private underWay = 0;

  constructor(private readonly sandbox: Sandbox) {}

  /** What is wrong with them; throws the refusal when that cannot be told now. */
  async errorsOf({ steps }: WorkflowDefinition): Promise<readonly FieldError[]> {
    const transforms = steps.flatMap((step, index) => (step.kind === 'transform' ? [{ step, index }] : []));
    if (transforms.length === 0) return [];
    if (this.underWay >= MAX_UNDER_WAY) throw refusal('workflow.unchecked');
    const errorAt = (at: number, why: string): FieldError => {
      const { step, index } = transforms[at] ?? { step: { id: '' }, index: 0 };
      return { path: `steps[${index}].expression`, message: `step "${step.id}": expression ${why}` };
    };
    this.underWay += 1;
    const signal = AbortSignal.timeout(WITHIN_MS);
    try {
      const expressions = transforms.map(({ step }) => step.expression);
      const reply = await this.sandbox.compile({ expressions, timeoutMs: CPU_MS, signal });
      switch (reply.kind) {
        case 'compiled':
          return reply.errors.map(({ index, message }) => errorAt(index, message));
        case 'too-slow':
          return [errorAt(reply.index, 'takes too long to compile; make it simpler')];
        case 'too-big':
          return [errorAt(reply.index, 'takes too much memory to compile; make it simpler')];
        case 'unknown':
          throw refusal('workflow.unchecked');
      }
    } catch (error) {
      if (signal.aborted) throw refusal('workflow.unchecked');
      throw error;
    } finally {
      this.underWay -= 1;
    }
  }
}
