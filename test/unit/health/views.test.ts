import { describe, expect, it } from '@jest/globals';
import { productionHealthView } from '../../../src/modules/health/platform/production-health.view.js';
import { productionReadyView } from '../../../src/modules/health/platform/production-ready.view.js';
import { queueHeartbeatView } from '../../../src/modules/health/platform/queue-heartbeat.view.js';
import {
  healthJsonView,
  healthzView,
  readyzCheckView,
  readyzView,
  textView,
  type Audience,
  type View,
} from '../../../src/modules/health/views/index.js';
import {
  apiWith,
  contextOf,
  NOW,
  read,
  service,
  snapshotOf,
  workerReport,
  type Given,
} from '../../fixtures/health.js';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const sample = { cpuUsage: 0.12, memoryUsage: { rss: 1_234_567 }, activeConnections: 5 };
const audiences: Audience[] = ['operator', 'public'];
const secretive = { audience: 'public' as const, verbose: true };
const live = { live: true, reason: null, since: NOW };

/** The names of all fields, at any depth, with the kind of their value: the shape that clients rely on. */
function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => shapeOf(each, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, each]) => [
    `${path}.${name}`,
    ...shapeOf(each, `${path}.${name}`),
  ]);
}

const textOf = ({ body }: View): string => (typeof body === 'string' ? body : '');

const READY = { key: 'queue', message: 'Redis connection healthy' };

describe('GET /readyz', () => {
  const readyz = (snapshot = apiWith(), parts = {}) => read(readyzView(contextOf(snapshot, parts)));

  it('has the fields of the contract', () => {
    const { statusCode, body } = readyz();
    expect(statusCode).toBe(200);
    expect(body).toEqual({
      ready: true,
      status: 'pass',
      checks: expect.any(Object),
      timestamp: '2024-05-15T18:45:12.125Z',
    });
    expect((body['checks'] as Record<string, unknown>)['queue']).toEqual({
      status: 'pass',
      code: 'check.up',
      message: READY.message,
      latencyMs: 2,
      checkedAt: '2024-05-15T18:45:12.123Z',
      since: '2024-05-15T18:45:12.123Z',
    });
  });

  it('leaves out what only informs', () => {
    expect(Object.keys(readyz().body['checks'] as object).sort()).toEqual([
      'database',
      'environment',
      'llm',
      'process',
      'queue',
    ]);
  });

  it('is 503 when one of its checks fails, and says how a restart would do, and the cause', () => {
    const { statusCode, body } = readyz(
      apiWith(
        { key: 'queue', code: 'check.timeout', message: 'it hangs' },
        { key: 'llm', code: 'check.down', dependsOn: ['queue'] },
      ),
    );
    expect(statusCode).toBe(503);
    expect(body).toMatchObject({
      ready: false,
      status: 'fail',
      error: 'queue: it hangs',
      checks: { llm: { because: 'queue', restart: 'useless', restartTarget: 'self' } },
    });
  });

  it('is 200 with a warning', () => {
    expect(readyz(apiWith({ key: 'llm', code: 'llm.overloaded' }))).toMatchObject({
      statusCode: 200,
      body: { ready: true, status: 'warn' },
    });
  });

  it('stays 200 when a check that only informs fails', () => {
    expect(readyz(apiWith({ key: 'worker', code: 'check.down' })).statusCode).toBe(200);
  });

  it('adds details and runbook when asked to be verbose', () => {
    const { body } = readyz(apiWith(), { verbose: true });
    expect((body['checks'] as Record<string, unknown>)['llm']).toMatchObject({
      details: { host: 'host-1' },
      runbook: 'docs/runbooks/production-monitoring.md#llmready',
    });
  });
});

describe('GET /readyz/:check', () => {
  it('answers for one check, one that only informs too', () => {
    const context = contextOf(apiWith({ key: 'worker', code: 'check.down' }));
    expect(readyzCheckView('worker', context)?.statusCode).toBe(503);
    expect(readyzCheckView('queue', context)?.statusCode).toBe(200);
    expect(readyzCheckView('nobody', context)).toBeUndefined();
  });
});

describe('GET /healthz', () => {
  it('shows everything, and mirrors readiness with its status code', () => {
    const view = healthzView(contextOf(apiWith({ key: 'worker', code: 'check.down' })), live);
    const { statusCode, body } = read(view);
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ status: 'fail', ready: true, live: true, service: 'api', version: '1.2.3' });
    expect(Object.keys(body['checks'] as object)).toContain('worker');
    const failing = healthzView(contextOf(apiWith({ key: 'queue', code: 'check.down' })), live);
    expect(failing.statusCode).toBe(503);
  });
});

describe('GET /api/production/ready', () => {
  const ready = (snapshot = apiWith(), parts = {}) => read(productionReadyView(contextOf(snapshot, parts)));

  it('has exactly the body of the contract when all is well', () => {
    expect(ready()).toEqual({
      statusCode: 200,
      body: {
        ready: true,
        checks: { llm: true, environment: true, dependencies: true, queue: true },
        queueHealth: {
          status: 'pass',
          durable: true,
          message: 'Redis connection healthy',
          latencyMs: 2,
          checkedAt: '2024-05-15T18:45:12.123Z',
        },
        timestamp: '2024-05-15T18:45:12.125Z',
      },
    });
  });

  const failing = (...changes: Given[]) => ready(apiWith(...changes));

  it.each([
    ['llm', { key: 'llm', code: 'llm.key_rejected' }],
    ['environment', { key: 'environment', code: 'environment.setting_missing' }],
    ['dependencies', { key: 'database', code: 'check.down' }],
    ['dependencies', { key: 'evm-rpc', code: 'evm_rpc.timeout', counts: 'declared' }],
    ['queue', { key: 'queue', code: 'check.down' }],
  ] as const)('%s is false, and the rest true, when %j fails', (name, change) => {
    const { statusCode, body } = failing({ ...change });
    expect(statusCode).toBe(503);
    const wells = { llm: true, environment: true, dependencies: true, queue: true };
    expect(body).toMatchObject({ ready: false, checks: { ...wells, [name]: false } });
    expect(body['error']).toContain(change.key);
  });

  it.each(['llm.overloaded', 'llm.slow', 'llm.rate_limited'] as const)('stays ready with %s', (code) => {
    expect(failing({ key: 'llm', code }).statusCode).toBe(200);
  });

  it('is false for a queue that is not durable, whatever its status', () => {
    const report = { durable: false, latencyMs: 1 };
    const { body } = failing({ key: 'queue', code: 'check.degraded', report });
    expect(body).toMatchObject({ ready: false, checks: { queue: false }, queueHealth: { durable: false } });
  });

  it('stays true for a queue whose durability could not be read while it takes work', () => {
    const { body } = failing({
      key: 'queue',
      code: 'check.degraded',
      report: { durable: null, latencyMs: 1 },
    });
    expect(body).toMatchObject({ ready: true, queueHealth: { durable: true, status: 'warn' } });
  });

  it('says nothing of what an application is not to have, and goes by the rest', () => {
    const queue = { ...READY, report: { durable: true, latencyMs: 1 } };
    const process = { key: 'process' };
    const without = ['llm', 'environment', 'database'];
    const context = { ...contextOf(snapshotOf(queue, process)), without };
    expect(read(productionReadyView(context)).body).toMatchObject({ ready: true, checks: { queue: true } });
    const { checks } = read(productionReadyView(context)).body as { checks: object };
    expect(Object.keys(checks)).toEqual(['queue']);
    const disk = { key: 'disk', status: 'fail', code: 'check.down', counts: 'declared' } as const;
    const { statusCode, body } = read(
      productionReadyView({ ...context, snapshot: snapshotOf(queue, process, disk) }),
    );
    expect(statusCode).toBe(503);
    expect(body).toMatchObject({ ready: false, checks: { dependencies: false, queue: true } });
  });

  it('takes a check that is missing from the board for failed', () => {
    const { body } = read(productionReadyView(contextOf(snapshotOf())));
    expect(body).toMatchObject({
      ready: false,
      checks: { llm: false, environment: false, dependencies: false, queue: false },
      queueHealth: { status: 'fail', durable: false },
    });
  });

  it('does not count workers: it is asked before they start', () => {
    expect(failing({ key: 'worker', code: 'check.down' }).statusCode).toBe(200);
  });

  it('is false while draining', () => {
    expect(failing({ key: 'process', code: 'process.draining' })).toMatchObject({
      statusCode: 503,
      body: { ready: false, checks: { queue: true } },
    });
  });

  it('is false outside production, though the queue is fine, and says so', () => {
    const { body } = ready(apiWith(), { service: { ...service, environment: 'development' } });
    expect(body).toMatchObject({ ready: false, checks: { environment: false, queue: true } });
    expect(body['error']).toContain('NODE_ENV');
  });

  it('says what is wrong in one line', () => {
    const { body } = failing({ key: 'queue', code: 'check.down' }, { key: 'database', code: 'check.down' });
    expect(String(body['error']).split('\n')).toHaveLength(1);
    expect(body['error']).toMatch(/queue: .* \| database: /);
  });
});

describe('GET /api/production/queue/heartbeat', () => {
  const heartbeat = (snapshot = apiWith(), parts = {}, laterMs = 2) =>
    read(queueHeartbeatView(contextOf(snapshot, parts)), laterMs);

  it('has the fields of the contract', () => {
    const { statusCode, body } = heartbeat();
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({
      status: { status: 'pass', code: 'check.up', message: expect.any(String), details: {} },
      timestamp: ISO,
      worker: { ...workerReport.worker, latestHeartbeatAgeMs: 502 },
      workers: [{ ...workerReport.workers[0], latestHeartbeatAgeMs: 502 }],
      queueHealth: {
        status: 'pass',
        durable: true,
        message: expect.any(String),
        latencyMs: 2,
        checkedAt: ISO,
      },
      queueDepths: { execution: { waiting: 2, oldestWaitingAgeMs: 1502, paused: false } },
      leases: [{ jobId: '17', workerId: 'worker-1', ageMs: 1202, stale: false }],
      inlineWorker: false,
    });
  });

  it('lets ages grow after they were observed', () => {
    expect(heartbeat(apiWith(), {}, 4000).body).toMatchObject({ worker: { latestHeartbeatAgeMs: 4500 } });
  });

  it('is 503 for a warning too', () => {
    expect(heartbeat(apiWith({ key: 'worker', code: 'check.degraded' })).statusCode).toBe(503);
  });

  it('keeps its shape before anything is known', () => {
    const { statusCode, body } = heartbeat(
      apiWith({ key: 'worker', code: 'check.pending', report: undefined }),
    );
    expect(statusCode).toBe(503);
    expect(body).toMatchObject({
      worker: { started: false, id: null, latestHeartbeatAt: null, latestHeartbeatAgeMs: null },
      workers: [],
      leases: [],
      queueDepths: {},
    });
  });
});

describe('GET /api/production/health', () => {
  const health = (snapshot = apiWith(), parts = {}) =>
    read(productionHealthView(contextOf(snapshot, parts), sample));

  it('has the fields of the contract', () => {
    const { statusCode, body } = health();
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({
      status: 'healthy',
      timestamp: ISO,
      version: '1.2.3',
      uptime: 60,
      environment: 'production',
      responseTime: 1,
      metrics: {
        totalWorkflows: 128,
        activeConnections: 5,
        memoryUsage: { rss: 1_234_567 },
        cpuUsage: 0.12,
        queueDepths: { execution: { waiting: 2 } },
      },
    });
    const checks = body['checks'] as Record<string, unknown>;
    expect(checks['database']).toEqual({
      status: 'pass',
      code: 'check.up',
      message: 'Database connection healthy',
      responseTime: 2,
      details: { host: 'host-1' },
    });
    for (const key of [
      'database',
      'llm',
      'workflows',
      'memory',
      'queue',
      'worker',
      'dependencies',
      'event-loop',
    ])
      expect(checks[key]).toMatchObject({ status: 'pass' });
  });

  it.each([
    ['check.degraded', 'degraded', 200],
    ['check.down', 'unhealthy', 503],
  ] as const)('with %s anywhere is %s, %i', (code, status, statusCode) => {
    for (const key of ['worker', 'memory', 'queue'])
      expect(health(apiWith({ key, code }))).toMatchObject({ statusCode, body: { status } });
  });

  it('tells the worst of the declared dependencies, with each of them in its details', () => {
    const { body } = health(
      apiWith(
        { key: 'evm-rpc', counts: 'declared', code: 'evm_rpc.ok' },
        { key: 'fleet', counts: 'declared', code: 'dependency.not_reported' },
      ),
    );
    expect((body['checks'] as Record<string, unknown>)['dependencies']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('fleet'),
      details: { 'evm-rpc': { status: 'pass' }, fleet: { status: 'fail', code: 'dependency.not_reported' } },
    });
    expect(body['checks']).not.toHaveProperty('fleet');
  });
});

describe('the IETF health format', () => {
  it('says status, version, notes, output, and an array of checks by component and measurement', () => {
    const { body } = read(
      healthJsonView(contextOf(apiWith({ key: 'queue', code: 'check.timeout' })), 'readyz'),
    );
    expect(body).toMatchObject({
      status: 'fail',
      version: '1',
      releaseId: '1.2.3',
      serviceId: 'instance-7',
      output: expect.stringContaining('queue'),
      notes: [expect.stringContaining('queue: check.timeout')],
      checks: { 'queue:responseTime': [{ status: 'fail', observedUnit: 'ms', observedValue: 2, time: ISO }] },
    });
    expect(body['checks']).not.toHaveProperty('worker:responseTime');
  });
});

describe('plain text', () => {
  it("has kube-apiserver's lines, and ends with how it went", () => {
    const well = textView(contextOf(apiWith()), 'readyz');
    expect(well.body).toContain('[+]queue ok\n');
    expect(textOf(well).trimEnd().split('\n').at(-1)).toBe('readyz check passed');
    const failed = textView(contextOf(apiWith({ key: 'database', code: 'check.timeout' })), 'readyz');
    expect(failed).toMatchObject({
      statusCode: 503,
      body: expect.stringMatching(/^\[-\]database failed: check.timeout/),
    });
    expect(textOf(failed)).toMatch(/readyz check failed\n$/);
  });
});

describe('who may not see details', () => {
  const troubled = apiWith(
    { key: 'queue', code: 'check.timeout', message: 'redis at 10.9.8.7 says secret-thing' },
    { key: 'evm-rpc', counts: 'declared', code: 'evm_rpc.rpc_error' },
  );
  const views = (audience: Audience) => {
    const context = contextOf(troubled, { audience, verbose: true });
    return {
      readyz: readyzView(context),
      check: readyzCheckView('queue', context) ?? readyzView(context),
      healthz: healthzView(context, live),
      ready: productionReadyView(context),
      heartbeat: queueHeartbeatView(context),
      health: productionHealthView(context, sample),
      ietf: healthJsonView(context, 'health'),
    };
  };

  it.each(Object.keys(views('public')) as (keyof ReturnType<typeof views>)[])(
    'gets the same shape and status code from %s, and no message, host, id or pid',
    (name) => {
      const [operator, everyone] = audiences.map((audience) => read(views(audience)[name]));
      expect(everyone?.statusCode).toBe(operator?.statusCode);
      const text = JSON.stringify(everyone?.body);
      for (const inside of [
        '10.9.8.7',
        'secret-thing',
        'host-1',
        'worker-1',
        '"17"',
        'instance-7',
        String(process.pid),
      ])
        expect(text).not.toContain(inside);
      const withoutDetails = (paths: string[]) =>
        // Details of dependencies are checks themselves, shown to all; other details are empty.
        [...new Set(paths.map((path) => path.replace(/\.details(\.host)?$/, '.details')))].sort();
      expect(withoutDetails(shapeOf(everyone?.body))).toEqual(withoutDetails(shapeOf(operator?.body)));
    },
  );

  it('gets public texts in plain text', () => {
    const { body } = textView(contextOf(troubled, secretive), 'healthz');
    expect(body).toContain('[-]queue failed: check.timeout (The check did not answer within its deadline.)');
    expect(body).not.toContain('10.9.8.7');
  });
});
