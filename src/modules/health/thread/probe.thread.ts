/**
 * The probes of a process that runs users' jobs, in a thread of their own: a job that keeps the main loop busy
 * does not get its container killed, and a main loop that is dead is not masked. The same views answer as
 * everywhere; the main thread only tells this one what the board says.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { guardedServer, operatorGate, splitTarget } from '../../http/index.js';
import { monotonic, withDeadline } from '../../kernel/index.js';
import type { LivenessState } from '../../liveness/index.js';
import { every } from '../../kernel/index.js';
import { Connections, Descriptors } from '../../resources/index.js';
import type { Snapshot } from '../board/snapshot.js';
import { adoptCodes } from '../codes/index.js';
import { ProbeAnswers } from '../http/probe-answers.js';
import { probeHandler, PROCESS_PROBES, send } from '../http/probe-handler.js';
import { probeProblem, toProbeReply, type ProbeReply } from '../http/probe-reply.js';
import type { FromThread, MetricsText, Sample, ThreadData, ToThread } from './messages.js';

const MAIN_ANSWERS_WITHIN_MS = 1900;
const TELL_CONNECTIONS_MS = 1000;
/** Questions for metrics that may be under way at once. */
const MAX_ASKING = 8;

const data = workerData as ThreadData;
adoptCodes(data.codes);
const heartbeat = new Float64Array(data.heartbeat);
const waiting = new Map<number, (value: Snapshot | MetricsText) => void>();
let asked = 0;
let asking = 0;
let snapshot: Snapshot = { version: 0, checks: [] };
let told: LivenessState = { live: true, reason: null, since: data.service.startedAt };
let sample: Sample = { cpuUsage: 0, memoryUsage: {} };
let deadSince: number | undefined;

const server = guardedServer(data.limits, handle);
const connections = new Connections(new Descriptors(), data.limits.maxConnections);
connections.watch(server);

const answers = new ProbeAnswers(
  {
    snapshot: () => snapshot,
    fresh: async () => (await ask<Snapshot>('fresh')) ?? snapshot,
    liveness,
    sample: () => ({ ...sample, activeConnections: connections.use().open }),
  },
  { service: data.service, opsToken: data.opsToken },
);
const gate = operatorGate(data);

const probe = probeHandler(answers, PROCESS_PROBES, {
  onDefect: (error) =>
    tell({
      kind: 'defect',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
});

/** What the main thread said last, unless it has not run for so long that it will not run again. */
function liveness(now: number): LivenessState {
  if (!told.live) return told;
  const stoodStillMs = monotonic() - (heartbeat[0] ?? 0);
  if (stoodStillMs < data.loopDeadAfterMs) {
    deadSince = undefined;
    return told;
  }
  deadSince ??= now;
  return { live: false, reason: 'process.loop_dead', since: deadSince };
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  if (probe(request, response)) return;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (splitTarget(request.url ?? '/').path !== '/metrics') send(response, probeProblem('probe.not_found'));
  else if (!reads) send(response, probeProblem('probe.method'));
  else void metrics(request.headers.authorization).then((reply) => send(response, reply));
}

async function metrics(authorization: string | undefined): Promise<ProbeReply> {
  const refused = gate(authorization);
  if (refused !== null) return toProbeReply(refused.reply);
  if (asking >= MAX_ASKING) return probeProblem('request.too_many');
  asking += 1;
  const text = await ask<MetricsText>('metrics').finally(() => (asking -= 1));
  return text === undefined ? probeProblem('process.loop_blocked') : { statusCode: 200, ...text };
}

/** Asks the main thread; undefined when it is too busy to answer in time. */
async function ask<T extends Snapshot | MetricsText>(what: 'fresh' | 'metrics'): Promise<T | undefined> {
  const id = ++asked;
  const outcome = await withDeadline(MAIN_ANSWERS_WITHIN_MS, () => {
    const answered = new Promise<T>((resolve) =>
      waiting.set(id, resolve as (value: Snapshot | MetricsText) => void),
    );
    tell({ kind: 'ask', id, what });
    return answered;
  });
  waiting.delete(id);
  return outcome.kind === 'answered' ? outcome.value : undefined;
}

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'state':
      ({ snapshot, liveness: told, sample } = message);
      return;
    case 'reply':
      waiting.get(message.id)?.(message.value);
      return;
    case 'close':
      server.close(() => tell({ kind: 'closed' }));
      server.closeIdleConnections();
      return;
  }
});

server.once('error', (error: NodeJS.ErrnoException) => tell({ kind: 'failed', message: error.message }));
every(TELL_CONNECTIONS_MS, () => tell({ kind: 'connections', use: connections.use() }));
server.listen({ port: data.port, host: data.host, backlog: data.limits.backlog }, () => {
  const address = server.address();
  tell({
    kind: 'listening',
    port: typeof address === 'object' && address !== null ? address.port : data.port,
  });
});
