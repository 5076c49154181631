import { elsewhereOf } from '#devkit';
import { judge } from '../judge.js';
import type { StackPaths } from '../paths.js';
import { render } from '../status/render.policy.js';
import { Screen } from '../status/screen.js';

const NOT_READY = 1;
const NOT_RUNNING = 3;

/** Prints how the stack is. Answers 0 when it is ready, 1 when it is not, 3 when it is not running. */
export function status(paths: StackPaths, env: NodeJS.ProcessEnv, json: boolean): number {
  const screen = new Screen(process.stdout, env);
  const state = judge(paths);
  if (state === undefined) {
    const elsewhere = elsewhereOf(paths.postgres);
    screen.say(json ? JSON.stringify({ phase: 'stopped', ready: false, elsewhere }) : notRunning(elsewhere));
    return NOT_RUNNING;
  }
  if (json) screen.say(JSON.stringify(state, undefined, 2));
  else {
    const { columns, paint } = screen;
    const frame = { columns, rows: Infinity, paint, changed: new Set<string>() };
    screen.say(render(state, frame).join('\n'));
  }
  return state.ready ? 0 : NOT_READY;
}

/** What a stack that was killed has left outside of its folder. */
function notRunning(elsewhere: string | undefined): string {
  const left = `\nThe files of its PostgreSQL are still in ${elsewhere}; --stop brings them home.`;
  return `The dev stack is not running.${elsewhere === undefined ? '' : left}`;
}
