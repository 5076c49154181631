/**
 * What runs in the sandbox's process, as text: the same in `src` (tests) and in `dist`, with nothing to resolve.
 *
 * A thread alone would not do: V8 answers some allocations beyond a thread's limit by aborting the process. A
 * process alone would not do either: spinning in an expression it could not notice that its parent died. So the
 * expression runs in a thread, fresh for each, and the thread in a process that may be lost.
 *
 * Its limit is of processor time, from when it begins: on a machine that has none to spare, a wait is no fault of
 * the expression, and would fail again as surely.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { jsonata, expression, expressions, data, maxOutput } = workerData;
const failed = (error) => {
  const message = String((error && error.message) || error).slice(0, 500);
  return { kind: error instanceof RangeError ? 'too-deep' : 'failed', message };
};
const whyNot = (evaluator, text) => {
  try {
    evaluator(text);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return 'is nested too deeply';
    const where = typeof error.position === 'number' ? ' (at character ' + error.position + ')' : '';
    return 'does not compile: ' + String(error.message).slice(0, 200) + where;
  }
};
const compile = (evaluator) => {
  const errors = [];
  expressions.forEach((text, index) => {
    parentPort.postMessage({ kind: 'at', index });
    const message = whyNot(evaluator, text);
    if (message !== undefined) errors.push({ index, message });
  });
  return { kind: 'compiled', errors };
};
(async () => {
  try {
    const evaluator = require(jsonata);
    parentPort.postMessage({ kind: 'begun' });
    if (expressions !== undefined) return parentPort.postMessage(compile(evaluator));
    const result = await evaluator(expression).evaluate(JSON.parse(data));
    const output = JSON.stringify(result === undefined ? null : result) ?? 'null';
    parentPort.postMessage(output.length > maxOutput ? { kind: 'too-large' } : { kind: 'done', output });
  } catch (error) {
    parentPort.postMessage(failed(error));
  }
})();
`;

const LOOK_EVERY_MS = 20;

export const SANDBOX_SOURCE = `
const { Worker } = require('node:worker_threads');
process.on('disconnect', () => process.exit(0));
process.on('message', ({ timeoutMs, maxWallMs, resourceLimits, ...workerData }) => {
  const thread = new Worker(${JSON.stringify(THREAD)}, {
    eval: true, env: {}, stdout: true, stderr: true, workerData, resourceLimits,
  });
  const startedAt = performance.now();
  let begun;
  let index;
  let answered = false;
  const answer = (reply) => {
    if (answered) return;
    answered = true;
    clearInterval(watch);
    thread.terminate().then(() => process.connected && process.send({ ...(reply.kind === 'compiled' ? {} : { index }), ...reply }));
  };
  const spentMs = () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
  const watch = setInterval(() => {
    const late = performance.now() - startedAt > maxWallMs;
    if (late || (begun !== undefined && spentMs() > timeoutMs)) answer({ kind: 'too-slow' });
  }, ${LOOK_EVERY_MS});
  thread.on('message', (message) => {
    if (message.kind === 'begun') begun = process.cpuUsage();
    else if (message.kind === 'at') ({ index } = message);
    else answer(message);
  });
  thread.on('error', (error) => answer(
    error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? { kind: 'too-big' } : { kind: 'failed', message: error.message },
  ));
  thread.on('exit', () => answer({ kind: 'failed', message: 'the expression ended its thread' }));
});
`;

export interface SandboxRequest {
  /** Where the library is. */
  readonly jsonata: string;
  /** To be evaluated over the data, JSON text. */
  readonly expression?: string;
  readonly data?: string;
  /** To be compiled, and no more. */
  readonly expressions?: readonly string[];
  /** Processor time that the expression may take, ms. */
  readonly timeoutMs: number;
  /** Time by the clock after which it is given up, however little it ran, ms. */
  readonly maxWallMs: number;
  /** Characters of JSON. */
  readonly maxOutput?: number;
  readonly resourceLimits: Readonly<Record<string, number>>;
}

export type SandboxReply =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed' | 'too-deep'; readonly message: string }
  /** The expression was not tried: there is no process for it now. */
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'too-large' | 'too-slow' | 'too-big' }
  | {
      readonly kind: 'compiled';
      readonly errors: readonly { readonly index: number; readonly message: string }[];
    };

/** Which expression it was at when it ended. */
export type SandboxProgress = { readonly index?: number };
