import type { CheckRecord } from '../board/board.state.js';
import { shown } from '../../kernel/index.js';
import { messageFor, shownIn, statusCodeOf } from './check-view.js';
import type { Scope, View, ViewContext } from './view.js';

/** kube-apiserver's lines: `[+]queue ok`, `[-]database failed: <code>`; the last line says how it ended. */
export function textView(context: ViewContext, scope: Scope): View {
  const statusCode = statusCodeOf(scope, context.snapshot.checks);
  const lines = shownIn(scope, context.snapshot.checks).map((check) => line(check, context));
  lines.push(`${scope} check ${statusCode === 200 ? 'passed' : 'failed'}`);
  return { statusCode, body: `${lines.join('\n')}\n` };
}

function line(check: CheckRecord, context: ViewContext): string {
  const message = context.verbose ? ` (${messageFor(check, context.audience)})` : '';
  const because = check.because === null ? '' : `, because of ${check.because}`;
  switch (check.status) {
    case 'pass':
      return shown(`[+]${check.key} ok`);
    case 'warn':
      return shown(`[+]${check.key} ok, with a warning: ${check.code}${message}`);
    case 'fail':
      return shown(`[-]${check.key} failed: ${check.code}${because}${message}`);
  }
}
