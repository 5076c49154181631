import type { StepKind } from '../definition/workflow.js';
import type { StepRecord } from './execution.js';

/** What is noted of a step that was begun; `index` is its place in the workflow. */
export type NotedStep = Omit<StepRecord, 'id' | 'kind'> & { readonly index: number };

const NOT_BEGUN = {
  status: 'pending',
  attempts: 0,
  startedAt: null,
  finishedAt: null,
  output: null,
  error: null,
  failures: [],
} as const;

/** The steps are those of the workflow; a definition that cannot be read has none. */
export function stepRecords(definition: unknown, noted: readonly NotedStep[]): StepRecord[] {
  if (!Array.isArray(definition)) return [];
  const byIndex = new Map(
    noted.map(({ index, outputOmitted, ...rest }) => [
      index,
      // Said only where it is so.
      outputOmitted === true ? { ...rest, outputOmitted } : rest,
    ]),
  );
  return definition.map((step: unknown, index) => {
    const { id, kind } = Object(step) as { id?: unknown; kind?: unknown };
    return {
      id: typeof id === 'string' ? id : String(index),
      kind: kind as StepKind,
      ...(byIndex.get(index) ?? NOT_BEGUN),
    };
  });
}
