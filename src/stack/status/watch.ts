import { ask } from '../ask.js';
import type { Stack } from '../stack.js';
import type { CheckRow, StackState } from '../stack-state.js';

interface CheckBody {
  readonly status?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly because?: unknown;
}

const ORDER = { fail: 0, warn: 1, pass: 2 } as const;

/** One look at everything: what the supervisors know, and what each process says of its checks. */
export async function look(stack: Stack, phase: StackState['phase'], startedAt: Date): Promise<StackState> {
  const checks = phase === 'starting' ? [] : await allChecks(stack);
  return {
    pid: process.pid,
    phase,
    ready: phase === 'up' && stack.isReady,
    startedAt: startedAt.toISOString(),
    updatedAt: new Date().toISOString(),
    urls: { api: stack.apiUrl, worker: stack.workerUrl },
    processes: stack.rows,
    checks,
  };
}

async function allChecks(stack: Stack): Promise<CheckRow[]> {
  const [api, worker] = await Promise.all([
    checksOf(stack, 'api', stack.apiUrl),
    checksOf(stack, 'worker', stack.workerUrl),
  ]);
  return [...api, ...worker];
}

async function checksOf(stack: Stack, process: string, url: string): Promise<CheckRow[]> {
  // A process that is down says so in its own row.
  if (stack.member(process)?.pid == null) return [];
  const reply = await ask(`${url}/healthz`, stack.opsToken);
  if (!reply.ok) return [];
  const checks = (reply.body['checks'] ?? {}) as Readonly<Record<string, CheckBody>>;
  return Object.entries(checks)
    .map(([key, body]) => toRow(process, key, body))
    .sort((a, b) => ORDER[a.status] - ORDER[b.status] || a.key.localeCompare(b.key));
}

function toRow(process: string, key: string, { status, code, message, because }: CheckBody): CheckRow {
  return {
    process,
    key,
    // What is not known is not healthy.
    status: status === 'pass' || status === 'warn' ? status : 'fail',
    code: typeof code === 'string' ? code : 'check.unknown_status',
    message: typeof message === 'string' ? message : '',
    because: typeof because === 'string' ? because : null,
  };
}
