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
    screen.say(json ? '{"phase":"stopped","ready":false}' : 'The dev stack is not running.');
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
