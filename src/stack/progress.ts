import { every } from '../modules/kernel/index.js';
import type { Screen } from './status/screen.js';
import type { Stack } from './stack.js';
import type { Step } from './step.js';

const SHOWN_AFTER_MS = 1000;
const SHOWN_EVERY_MS = 250;
/** Without a terminal, a step that takes long says so this often. */
const REPEATED_EVERY_MS = 10_000;

/** Runs the steps in their order, and tells of each: what it is at when it takes long, what came of it, how long it took. */
export async function runSteps(
  steps: readonly Step[],
  stack: Stack,
  screen: Screen,
  signal: AbortSignal,
  done: () => Promise<void>,
): Promise<void> {
  for (const step of steps) {
    signal.throwIfAborted();
    await runStep(step, stack, screen, signal);
    await done();
  }
}

async function runStep(step: Step, stack: Stack, screen: Screen, signal: AbortSignal): Promise<void> {
  const { paint } = screen;
  const startedAt = performance.now();
  const elapsedMs = (): number => performance.now() - startedAt;
  const seconds = (): string => `${(elapsedMs() / 1000).toFixed(1)} s`;
  const took = (): string => (elapsedMs() < 100 ? '' : paint.dim(` (${seconds()})`));
  let doing = '';
  let lastSaidAt = 0;
  const show = (): void => {
    if (elapsedMs() < SHOWN_AFTER_MS) return;
    const text = `… ${step.name}${doing === '' ? '' : `: ${doing}`} (${seconds()})`;
    if (screen.isTerminal) return screen.show([cut(text, screen.columns)]);
    if (elapsedMs() - lastSaidAt < REPEATED_EVERY_MS && lastSaidAt > 0) return;
    lastSaidAt = elapsedMs();
    screen.say(text);
  };
  const stop = every(SHOWN_EVERY_MS, show);
  const say = (line: string): void => {
    doing = line;
    lastSaidAt = 0;
    show();
  };
  try {
    const outcome = await unlessStopped(step.run(stack, say, signal), signal);
    screen.show([]);
    screen.say(`${paint.good('✓')} ${step.name.padEnd(10)}  ${outcome}${took()}`);
  } catch (error) {
    screen.show([]);
    if (!signal.aborted) screen.say(`${paint.bad('✗')} ${step.name}${took()}`);
    throw error;
  } finally {
    stop();
  }
}

/** A step that cannot be interrupted is no longer waited for. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function cut(text: string, columns: number): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length < columns ? flat : `${flat.slice(0, Math.max(1, columns - 2))}…`;
}
