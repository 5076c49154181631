import type { StackPaths } from './paths.js';
import { lockHolder } from './stack-lock.js';
import { readState, type StackState } from './stack-state.js';

/** The stack writes twice a second; silence for this long means that it hangs. */
const SILENT_AFTER_MS = 10_000;

/** How the stack of this checkout is: the one judgement of `--status` and `--detach`. Undefined when none runs. */
export function judge(paths: StackPaths, now = Date.now()): StackState | undefined {
  const holder = lockHolder(paths.lock);
  const state = holder === undefined ? undefined : readState(paths.state);
  if (holder === undefined || state === undefined || state.pid !== holder.pid) return undefined;
  // What was written too long ago is not ready, whatever it says. While it starts or stops, nobody writes.
  const isSilent = state.phase === 'up' && now - Date.parse(state.updatedAt) > SILENT_AFTER_MS;
  return isSilent ? { ...state, ready: false } : state;
}
