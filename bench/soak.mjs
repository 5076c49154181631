// npm run soak: a healthy platform under load for a long time, then idle for a sixth of that. Memory must stay
// flat, and nothing may be reported that is not so.
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { fillBacklog, isOfBacklog, tellsBacklog } from './lib/backlog.mjs';
import { writeDocument } from './lib/document.mjs';
import { shown, slope } from './lib/numbers.mjs';
import { startPlatform } from './lib/platform.mjs';
import { residentMb, startServer, statusOf } from './lib/processes.mjs';
import { AIMS, circumstances, table } from './lib/report.mjs';

const HEARTBEAT = '/api/production/queue/heartbeat';
const PROBES = ['/livez', '/readyz', '/healthz', '/api/production/ready', HEARTBEAT];
const PROBES_PER_SECOND = 200;
const PROBES_PER_SECOND_WHILE_IDLE = 5;
const IDLE_SHARE = 1 / 6;
const EXECUTIONS_PER_SECOND = 5;
const SAMPLE_EVERY_MS = 5000;
/** The share of the time that counts as warming up: caches, compiled code, pools. */
const WARM_UP = 0.25;
const FLAT_MB_PER_HOUR = 20;
/** No command of ours may keep Redis busy for longer. */
const SLOW_MICROSECONDS = 5000;

/**
 * Runs for so many minutes, and idles; answers whether memory was flat and no alarm was raised. With a backlog, so
 * many accepted executions wait all the time: that is told, and nothing else.
 */
export async function runSoak({ minutes, backlog, write }) {
  const say = (line) => process.stderr.write(`… ${line}\n`);
  const platform = await startPlatform(say);
  const running = [];
  try {
    const { env } = platform;
    running.push(await startServer('dist/main.js', { env }));
    running.push(
      await startServer('dist/workers/execution.worker.js', {
        env: { ...env, WORKER_ID: 'soak' },
        portName: 'WORKER_PORT',
      }),
    );
    const [api, worker] = running;
    await wellBefore(api);
    const client = new Client(api.url, backlog > 0);
    if (backlog > 0) {
      await fillBacklog(platform, client, backlog, say);
      await until(async () => (await statusOf(`${api.url}${HEARTBEAT}`)) === 503, 'the backlog is not told');
    }
    const slowlog = await watchSlowlog(platform.env.REDIS_URL);
    say(`soaking for ${minutes} minutes`);
    const seen = await soak(client, [api, worker], minutes * 60_000, say);
    const idleMinutes = Math.ceil(minutes * IDLE_SHARE);
    say(`idling for ${idleMinutes} minutes`);
    const idle = await watched(client, PROBES_PER_SECOND_WHILE_IDLE, () => pause(idleMinutes * 60_000));
    client.close();
    const slow = await slowlog.read();
    return report({ ...seen, idle, slow }, { minutes, idleMinutes, backlog }, write);
  } finally {
    await Promise.all(running.map((each) => each.stop()));
    await platform.close();
  }
}

async function wellBefore(api) {
  for (const path of PROBES)
    await until(async () => (await statusOf(`${api.url}${path}`)) === 200, `${path} does not answer 200`);
}

async function until(condition, otherwise) {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(otherwise);
    await pause(200);
  }
}

/** Has Redis note every slow command; `read` answers the names of those that it noted. */
async function watchSlowlog(url) {
  const redis = new Redis(url);
  await redis.config('SET', 'slowlog-log-slower-than', String(SLOW_MICROSECONDS));
  await redis.slowlog('RESET');
  return {
    async read() {
      const entries = await redis.slowlog('GET', 128);
      redis.disconnect();
      return entries.map(([, , microseconds, words]) => `${words[0]} ${Math.round(microseconds / 1000)} ms`);
    },
  };
}

async function soak(client, [api, worker], forMs, say) {
  const workflow = await client.createWorkflow([
    { id: 'pause', kind: 'delay', ms: 50 },
    { id: 'shape', kind: 'transform', expression: '{ "sum": $sum([1..100]) }' },
  ]);
  const seen = { accepted: [], refused: 0, samples: [] };
  const began = performance.now();
  const load = await watched(client, PROBES_PER_SECOND, async () => {
    const timers = [
      every(EXECUTIONS_PER_SECOND, async () => {
        const path = `/api/workflows/${workflow}/executions`;
        const { status, text } = await client.ask('POST', path, { input: {} });
        if (status === 202) seen.accepted.push(JSON.parse(text).id);
        else seen.refused += 1;
      }),
      setInterval(() => {
        const at = performance.now() - began;
        const row = { at, api: residentMb(api.pid), worker: residentMb(worker.pid) };
        seen.samples.push(row);
        say(`${shown(row.at / 1000)} s: api ${shown(row.api)} MB, worker ${shown(row.worker)} MB`);
      }, SAMPLE_EVERY_MS),
    ];
    await pause(forMs);
    timers.forEach(clearInterval);
  });
  return { ...seen, load, unfinished: await client.unfinished(seen.accepted) };
}

/** Asks every probe in turn while `work` goes on; answers how often, what was no 200, and which checks changed. */
async function watched(client, perSecond, work) {
  const seen = { probes: 0, alarms: [] };
  const began = performance.now();
  const before = await client.transitions();
  const timer = every(perSecond, async () => {
    const path = PROBES[seen.probes++ % PROBES.length];
    const { status, text } = await client.ask('GET', path);
    const said = { path, status, at: performance.now() - began, text };
    if (status !== 200 && !(client.hasBacklog && tellsBacklog(said))) seen.alarms.push(said);
  });
  await work();
  clearInterval(timer);
  const changes = Object.entries(changed(before, await client.transitions()));
  const told = changes.filter(([labels]) => !(client.hasBacklog && isOfBacklog(labels)));
  return { ...seen, transitions: Object.fromEntries(told) };
}

function every(perSecond, work) {
  return setInterval(() => void work(), 1000 / perSecond);
}

/** A client of the api, over connections that it keeps. */
class Client {
  constructor(url, hasBacklog) {
    this.url = url;
    this.hasBacklog = hasBacklog;
    this.agent = new Agent({ keepAlive: true, maxSockets: 32 });
  }

  /** `{ status, text }`; status 0 when there was no answer within five seconds. */
  ask(method, path, body, token = 'bench-api-token-0001') {
    return new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const asked = request(`${this.url}${path}`, { method, headers, agent: this.agent, timeout: 5000 });
      asked.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.once('end', () => resolve({ status: response.statusCode, text }));
      });
      asked.once('timeout', () => asked.destroy(new Error('no answer within 5 s')));
      asked.once('error', (error) => resolve({ status: 0, text: error.message }));
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async createWorkflow(steps) {
    const { status, text } = await this.ask('POST', '/api/workflows', { name: 'soak', steps });
    if (status !== 201) throw new Error(`the workflow was not accepted: ${status} ${text}`);
    return JSON.parse(text).id;
  }

  /** How often each check has changed to something other than pass. */
  async transitions() {
    const { text } = await this.ask('GET', '/metrics', undefined, 'bench-ops-token-0001');
    const lines = text.split('\n').filter((line) => line.startsWith('probity_check_transitions_total{'));
    return Object.fromEntries(
      lines
        .filter((line) => !line.includes('to="pass"'))
        .map((line) => [
          line.slice(line.indexOf('{'), line.indexOf('}') + 1),
          Number(line.split(' ').at(-1)),
        ]),
    );
  }

  /** How many of these executions have not succeeded 30 seconds later; behind a backlog, how many have failed. */
  async unfinished(ids) {
    if (this.hasBacklog) return await this.failed();
    const deadline = performance.now() + 30_000;
    let open = ids;
    while (open.length > 0 && performance.now() < deadline) {
      const answers = await Promise.all(
        open.slice(-500).map(async (id) => [id, (await this.ask('GET', `/api/executions/${id}`)).text]),
      );
      const done = new Set(answers.filter(([, text]) => text.includes('"succeeded"')).map(([id]) => id));
      if (done.size === 0) await pause(200);
      open = open.filter((id) => !done.has(id));
    }
    return open.length;
  }

  async failed() {
    const { text } = await this.ask('GET', '/api/executions?status=failed&limit=100');
    return JSON.parse(text).items.length;
  }

  close() {
    this.agent.destroy();
  }
}

function changed(before, after) {
  return Object.fromEntries(
    Object.entries(after)
      .map(([labels, count]) => [labels, count - (before[labels] ?? 0)])
      .filter(([, count]) => count > 0),
  );
}

function report(seen, { minutes, idleMinutes, backlog }, write) {
  const warm = seen.samples.filter(({ at }) => at >= WARM_UP * minutes * 60_000);
  const rows = ['api', 'worker'].map((name) => ({
    name,
    firstMb: warm[0]?.[name],
    lastMb: warm.at(-1)?.[name],
    mostMb: Math.max(...seen.samples.map((sample) => sample[name])),
    mbPerHour: slope(warm.map((sample) => [sample.at / 3_600_000, sample[name]])),
  }));
  const aims = [
    ...rows.map(({ name, mbPerHour }) => ({
      what: `${name}, growth after warming up`,
      aim: `≤ ${FLAT_MB_PER_HOUR} MB an hour`,
      seen: `${shown(mbPerHour, 1)} MB an hour`,
      reached: mbPerHour <= FLAT_MB_PER_HOUR,
    })),
    ...aimsOfProbes('under load', seen.load),
    ...aimsOfProbes(`idle, ${idleMinutes} minutes`, seen.idle),
    {
      what: `${shown(seen.accepted.length)} executions accepted, ${backlog > 0 ? 'none failed' : 'all succeeded'}`,
      aim: '0 others',
      seen: `${seen.unfinished} ${backlog > 0 ? 'failed' : 'unfinished'}, ${seen.refused} refused`,
      reached: seen.unfinished === 0 && seen.refused === 0,
    },
    {
      what: `commands that kept Redis busy for ${SLOW_MICROSECONDS / 1000} ms`,
      aim: '0',
      seen: seen.slow.length === 0 ? '0' : `${seen.slow.length}: ${seen.slow.slice(0, 5).join(', ')}`,
      reached: seen.slow.length === 0,
    },
  ];
  const parts = [
    { title: `Soak of ${minutes} minutes${beside(backlog)}: aims`, text: table(AIMS, aims) },
    { title: 'Resident memory', text: table(MEMORY, rows) },
  ];
  for (const { title, text } of parts) process.stdout.write(`\n${title}\n\n${text}\n`);
  for (const alarm of [...seen.load.alarms, ...seen.idle.alarms].slice(0, 5))
    process.stdout.write(`${JSON.stringify(alarm)}\n`);
  if (write) writeDocument(backlog > 0 ? 'soak-backlog' : 'soak', circumstances(), parts);
  return aims.every(({ reached }) => reached);
}

const beside = (backlog) => (backlog > 0 ? ` beside ${shown(backlog)} waiting jobs` : '');

function aimsOfProbes(when, { probes, alarms, transitions }) {
  const changes = Object.entries(transitions).map(([labels, count]) => `${labels} ${count}`);
  return [
    {
      what: `${when}: ${shown(probes)} probes, all 200`,
      aim: '0 others',
      seen: `${alarms.length}`,
      reached: alarms.length === 0,
    },
    {
      what: `${when}: changes of a check away from pass`,
      aim: '0',
      seen: changes.length === 0 ? '0' : changes.join(', '),
      reached: changes.length === 0,
    },
  ];
}

const MEMORY = [
  ['process', (row) => row.name],
  ['MB when warm', (row) => shown(row.firstMb)],
  ['MB at the end', (row) => shown(row.lastMb)],
  ['MB at most', (row) => shown(row.mostMb)],
  ['MB an hour', (row) => shown(row.mbPerHour, 1)],
];
