import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { ready } from '../fixtures/app-server.js';
import { eventually } from '../fixtures/eventually.js';
import { OPERATOR } from '../fixtures/platform.js';
import { Probity } from '../fixtures/probity.js';
import { tempDir } from '../fixtures/temp-dir.js';
import type { Fault } from './harness/fault.js';
import { proveChildFaults, type ChildFault, type ChildVerdict } from './harness/prove-child.js';
import { proveFaults } from './harness/prove.js';
import { ChildSwitch, isUp, type Supervised } from './harness/supervised.js';

/** The supervisor restarts it without being asked, so another restart would be of no use. */
const DIED: ChildVerdict = {
  code: 'app_server.worker_exit',
  restart: 'useless',
  target: 'child',
  live: true,
};
const WEDGED: ChildVerdict = {
  code: 'app_server.worker_wedged',
  restart: 'helps',
  target: 'child',
  live: true,
};

/** The next life is as `mode` says; this one ends at once. */
async function goesOnAs(mode: string, at: Supervised): Promise<void> {
  at.child.set(mode);
  await at.signal('SIGKILL');
}

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const stillAlive = async ({ worker }: Supervised): Promise<void> => {
  expect((await worker.get('/livez')).status).toBe(200);
};

const childFaults: readonly ChildFault[] = [
  {
    id: 'F1',
    title: 'the child dies at once',
    expected: DIED,
    detectWithinMs: 100,
    recoverWithinMs: 2000,
    inject: (at) => goesOnAs('dies-at-once', at),
    async during(at) {
      await at.restarts(3);
      await stillAlive(at);
    },
    heal: async (at) => at.child.set('well'),
  },
  {
    id: 'F2',
    title: 'the child dies after its handshake',
    expected: DIED,
    detectWithinMs: 100,
    recoverWithinMs: 2000,
    inject: (at) => goesOnAs('dies-after-handshake', at),
    async during(at) {
      // A handshake alone is no health: the delays grow as for one that dies at once.
      await at.restarts(3);
      expect((await at.report()).consecutive_failures).toBeGreaterThan(2);
      await stillAlive(at);
    },
    heal: async (at) => at.child.set('well'),
  },
  {
    id: 'F4',
    title: 'the child never answers',
    settings: { WORKER_HANDSHAKE_TIMEOUT_MS: '1000', WORKER_SHUTDOWN_GRACE_MS: '500' },
    expected: {
      code: 'app_server.handshake_failed',
      restart: 'helps',
      target: 'child',
      live: true,
      says: /initialize was not answered within 1000 ms/,
    },
    witness: 'the deadline of the handshake (1 s here)',
    detectWithinMs: 1000,
    recoverWithinMs: 5000,
    async inject(at) {
      await goesOnAs('never-answers deaf', at);
      await at.worker.until('/healthz', ({ json }) => json.health.readiness.reason === 'handshake_pending');
    },
    heal: async (at) => at.child.set('well'),
  },
  {
    id: 'F5',
    title: 'the child answers, and then never again',
    settings: { WORKER_PROBE_INTERVAL_MS: '2000', WORKER_PROBE_TIMEOUT_MS: '2000' },
    mode: 'well deaf',
    expected: { ...WEDGED, says: /was not answered within 2000 ms/ },
    witness: 'a call every 2 s with a deadline of 2 s',
    detectWithinMs: 4000,
    recoverWithinMs: 5000,
    inject: (at) => at.signal('SIGUSR2'),
  },
  {
    id: 'F6',
    title: 'the child floods its stdout and answers nothing',
    mode: 'floods deaf',
    expected: { ...WEDGED, says: /was not answered/ },
    witness: 'five calls in a row, for what it sends could be one long answer: every 200 ms with 500 ms here',
    detectWithinMs: 4000,
    recoverWithinMs: 5000,
    async inject(at) {
      // A flood alone harms nothing.
      await stillAlive(at);
      at.child.set('well');
      await at.signal('SIGUSR2');
    },
    during: async ({ worker }) => expect(residentMb(worker.process.pid)).toBeLessThan(400),
  },
  {
    id: 'F7',
    title: 'the child ignores SIGTERM when the worker is stopped',
    mode: 'ignores-sigterm',
    settings: { WORKER_SHUTDOWN_GRACE_MS: '1000', DRAIN_DELAY_MS: '1000' },
    expected: { code: 'app_server.shutdown_initiated', restart: 'harmful', target: 'self', live: true },
    detectWithinMs: 100,
    recoverWithinMs: 4000,
    async inject({ worker, child }) {
      await eventually(() => child.processes().length > 0);
      worker.process.signal('SIGTERM');
    },
    recovered: async ({ worker }) => Promise.resolve(worker.process.hasExited()),
    async after({ worker, child }) {
      expect(await worker.process.exited).toMatchObject({ code: 0 });
      expect(child.processes()).toEqual([]);
    },
  },
  {
    id: 'F8',
    title: 'the child dies and leaves grandchildren, in its group and out of it',
    mode: 'well grandchildren',
    expected: DIED,
    detectWithinMs: 100,
    recoverWithinMs: 2000,
    async inject(at) {
      await eventually(() => at.child.grandchildren().length === 2, { what: 'two grandchildren' });
      await goesOnAs('well', at);
    },
    after: async ({ child }) => {
      await eventually(() => child.grandchildren().length === 0, { what: 'an end of the grandchildren' });
    },
  },
  {
    id: 'F3',
    title: 'crash loop: the restart budget is spent',
    meanwhile: true,
    settings: { WORKER_RESTART_MAX: '3' },
    expected: {
      code: 'app_server.restart_limit_exceeded',
      restart: 'helps',
      target: 'self',
      live: false,
      says: /3 restarts in/,
    },
    witness:
      'the death that finds the budget spent, the longest backoff (400 ms here) after the last restart',
    detectWithinMs: 1000,
    recoverWithinMs: 62_000,
    async inject(at) {
      await goesOnAs('dies-at-once', at);
      await at.restarts(3);
    },
    // Nothing but the child: it goes on by itself at a slow pace, and is live again once it is ready.
    heal: async (at) => at.child.set('well'),
    after: stillAlive,
  },
];

proveChildFaults('F. the supervised child', childFaults);

let child: ChildSwitch;
let supervisor: Probity;
let undeclared: Probity;

const pidOfChild = async (): Promise<number> =>
  (await supervisor.get('/healthz', OPERATOR)).json.worker_supervisor.pid as number;

const hung: Fault = {
  id: 'C8',
  title: 'the supervised child hangs, and the api declares it',
  given: { api: { DECLARED_DEPENDENCIES: 'app-server' } },
  expected: {
    ready: false,
    heartbeat: 'pass',
    health: 'fail',
    check: 'app-server',
    code: 'app_server.worker_wedged',
    restart: 'helps',
    target: 'child',
  },
  witness: 'a call every 2 s with a deadline of 2 s; the api that declares no app-server stays ready',
  // And a look of the board of the api.
  detectWithinMs: 6000,
  // The grace of 5 s, the next life, its heartbeat and a look of the board.
  recoverWithinMs: 10_000,
  async prepare(stack) {
    child = new ChildSwitch('well');
    const settings = {
      PROXY_USE_APP_SERVER: 'true',
      CODEX_HOME: tempDir('codex-home'),
      APP_SERVER_COMMAND: child.command,
    };
    [supervisor, undeclared] = await Promise.all([
      Probity.appServer({ ...stack.env, ...settings }),
      Probity.api(stack.env),
    ]);
    stack.onEnd(() =>
      Promise.all([supervisor.process.kill(), undeclared.process.kill()]).then(() => undefined),
    );
    await ready(supervisor, 20_000);
    await undeclared.until('/readyz', ({ status }) => status === 200);
  },
  async inject() {
    process.kill(await pidOfChild(), 'SIGSTOP');
  },
  async during() {
    const [own, live, other, production] = await Promise.all([
      supervisor.get('/readyz'),
      supervisor.get('/livez'),
      undeclared.get('/readyz'),
      undeclared.get('/api/production/ready'),
    ]);
    expect([own.status, live.status, other.status, production.status]).toEqual([503, 200, 200, 200]);
    // What looks for a process finds it.
    expect(isUp(await pidOfChild())).toBe(true);
  },
  heal: () => Promise.resolve(),
  async after() {
    expect((await supervisor.get('/healthz', OPERATOR)).json.worker_supervisor.restarts_total).toBe(1);
  },
};

proveFaults('C. the supervised child', [hung]);
