import type { StackPaths } from '../paths.js';
import { readState, type StackState } from '../stack-state.js';
import { lockHolder } from '../stack-lock.js';
import { render } from '../status/render.policy.js';
import { Screen } from '../status/screen.js';

const NOT_READY = 1;
const NOT_RUNNING = 3;
/** The stack writes twice a second; silence for this long means that it hangs. */
const SILENT_AFTER_MS = 10_000;

/** Prints how the stack is. Answers 0 when it is ready, 1 when it is not, 3 when it is not running. */
export function status(paths: StackPaths, env: NodeJS.ProcessEnv, json: boolean): number {
  const screen = new Screen(process.stdout, env);
  const holder = lockHolder(paths.lock);
  const state = holder === undefined ? undefined : readState(paths.state);
  if (holder === undefined || state === undefined || state.pid !== holder.pid) {
    screen.say(json ? '{"phase":"stopped","ready":false}' : 'The dev stack is not running.');
    return NOT_RUNNING;
  }
  const known = believable(state);
  if (json) screen.say(JSON.stringify(known, undefined, 2));
  else {
    const { columns, paint } = screen;
    const frame = { columns, rows: Infinity, paint, changed: new Set<string>() };
    screen.say(render(known, frame).join('\n'));
  }
  return known.ready ? 0 : NOT_READY;
}

/** What was written too long ago is not ready, whatever it says. While it starts or stops, nobody writes. */
function believable(state: StackState): StackState {
  const age = Date.now() - Date.parse(state.updatedAt);
  return state.phase === 'up' && age > SILENT_AFTER_MS ? { ...state, ready: false } : state;
}
