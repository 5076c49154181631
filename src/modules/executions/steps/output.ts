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

/** Of all outputs of one execution together, in bytes of JSON: they are answered, and kept in memory, as one. */
export const MAX_OUTPUTS_BYTES = 2 * 1024 * 1024;

export function outputsTooLarge(): StepError {
  return new StepError(
    'execution.outputs_too_large',
    `the outputs of the steps are larger than ${MAX_OUTPUTS_BYTES / 1024 / 1024} MB together; make them answer less`,
  );
}

export function bytesOf(output: unknown): number {
  return Buffer.byteLength(JSON.stringify(output ?? null));
}

/** The output as JSON text. Throws `StepError` when it is too large to keep. */
export function serializeOutput(output: unknown): string {
  const text = storableJson(JSON.stringify(output ?? null) ?? 'null');
  if (text.length > MAX_OUTPUT_CHARACTERS) throw outputTooLarge();
  return text;
}
