import { storableJson } from '../../kernel/index.js';
import { StepError } from './step-error.js';

/** Of a step's output, as JSON. Outputs are kept in the database and handed to every later expression. */
export const MAX_OUTPUT_CHARACTERS = 256 * 1024;

export function outputTooLarge(): StepError {
  return new StepError(
    'step.output_too_large',
    `the output is larger than ${MAX_OUTPUT_CHARACTERS / 1024} kB; make the step answer less`,
  );
}

/** The output as JSON text. Throws `StepError` when it is too large to keep. */
export function serializeOutput(output: unknown): string {
  const text = storableJson(JSON.stringify(output ?? null) ?? 'null');
  if (text.length > MAX_OUTPUT_CHARACTERS) throw outputTooLarge();
  return text;
}
