import { takeOverStandardStreams } from '../../modules/logging/index.js';
import { removeState, StateFile, type StackState } from '../stack-state.js';
import { StackEnvironment } from '../stack-environment.js';
import type { StackPaths } from '../paths.js';
import { runSteps } from '../progress.js';
import { Stack } from '../stack.js';
import { releaseLock, takeLock } from '../stack-lock.js';
import { clock, LiveStatus } from '../status/live.js';
import { Screen } from '../status/screen.js';
import { look } from '../status/watch.js';
import { StepFailure } from '../step-failure.js';
import { STEPS } from '../steps/index.js';
import { onStopSignals } from '../stop-signals.js';
import { summary } from '../summary.js';
import { Writing } from '../writing.js';

const FOR_A_SHELL = ['REDIS_URL', 'DATABASE_URL', 'PORT', 'WORKER_PORT', 'OPS_TOKEN', 'API_TOKEN'];

/** Brings the stack up and keeps it up until it is asked to stop. Answers the exit code. */
export async function up(paths: StackPaths, env: NodeJS.ProcessEnv): Promise<number> {
  // Neither a full disk under its output nor a terminal that was stopped (Ctrl-S) ends or halts the stack.
  const { stdout } = takeOverStandardStreams();
  const screen = new Screen(process.stdout, env);
  stdout.tellGap(({ droppedLines }) =>
    tell(`${droppedLines} lines are missing here: nobody read them, or there was no room`),
  );
  const holder = takeLock(paths.lock);
  if (holder !== undefined) {
    screen.say(
      `The dev stack of this checkout runs already (pid ${holder.pid}).\n` +
        '  see it:   npm run dev:stack -- --status\n  stop it:  npm run dev:stack -- --stop',
    );
    return 1;
  }
  process.once('exit', () => {
    letGo(() => removeState(paths.state));
    letGo(() => releaseLock(paths.lock));
  });
  const startedAt = new Date();
  const file = new StateFile(paths.state, tell);
  const forShell = new Writing(paths.env, tell);
  let live: LiveStatus | undefined;
  const stack = new Stack(StackEnvironment.read(env, paths), paths, (name, { level, text }) => {
    const { paint } = screen;
    const colour = level === 'warn' ? paint.warn : paint.bad;
    screen.say(`${paint.dim(clock())} ${colour(name)} ${stack.environment.redact(text)}`);
    live?.poke();
  });
  const stopping = onStopSignals(screen);
  try {
    await write('starting');
    await runSteps(STEPS, stack, screen, stopping, () => write('starting'));
    forShell.attempt(() => stack.environment.writeFor(FOR_A_SHELL, paths.env));
    screen.say(summary(stack, screen.paint));
    live = new LiveStatus(stack, screen, startedAt, file);
    await live.run(stopping);
    return await drain(0);
  } catch (error) {
    // Asked to stop while it started: that is no failure.
    if (stopping.aborted) return await drain(130);
    const { bad, bold } = screen.paint;
    if (error instanceof StepFailure) {
      screen.say(
        `\n${bad(bold('The dev stack cannot start:'))} ${error.reason}\n${bold('Fix:')} ${error.fix}\n`,
      );
    } else {
      screen.say(`\n${bad('The dev stack failed for a reason that was not foreseen:')} ${String(error)}`);
    }
    return await drain(1);
  } finally {
    screen.show([]);
  }

  async function write(phase: StackState['phase']): Promise<void> {
    file.write(await look(stack, phase, startedAt));
  }

  function tell(text: string): void {
    screen.say(`${screen.paint.dim(clock())} ${screen.paint.warn('dev:stack')} ${text}`);
  }

  async function drain(code: number): Promise<number> {
    await write('stopping');
    const began = performance.now();
    await stack.stop((name) => screen.say(screen.paint.dim(`stopping ${name}`)));
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    screen.say(`Stopped; nothing is left running (${seconds} s).`);
    return code;
  }
}

/** What is left behind on a disk that takes no more is found by the next stack. */
function letGo(remove: () => void): void {
  try {
    remove();
  } catch {
    // There is nobody left to tell.
  }
}
