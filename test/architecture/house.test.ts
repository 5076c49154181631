import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pureFiles, testOf } from '../../scripts/lib/pure-files.mjs';
import { tempDir } from '../fixtures/temp-dir.js';
import { cruise, layOut, ROOT } from './cruise.js';

const HOUSE = '.dependency-cruiser.cjs';
const PURE = '.dependency-cruiser.pure.cjs';
const rulesOf = (config: string): string[] => {
  const { forbidden } = createRequire(import.meta.url)(join(ROOT, config)) as {
    forbidden: { name: string }[];
  };
  return forbidden.map(({ name }) => name).sort();
};
const brokenIn = async (dir: string, config: string): Promise<string[]> =>
  [...new Set((await cruise(dir, config)).map(({ rule }) => rule))].sort();

/** For each room one that it may not import. */
const NEXT_DOOR: Readonly<Record<string, string>> = {
  kernel: 'logging',
  logging: 'kernel',
  forecast: 'kernel',
  liveness: 'config',
  resources: 'config',
  config: 'http',
  supervision: 'config',
  http: 'health',
  metrics: 'health',
  health: 'metrics',
  redis: 'queue',
  database: 'redis',
  queue: 'http',
  work: 'database',
  heartbeat: 'llm',
  llm: 'database',
  environment: 'queue',
  executions: 'redis',
  'app-server': 'queue',
};

/** Each rule with the least house that breaks it. */
const BREACHES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ...Object.fromEntries(
    Object.entries(NEXT_DOOR).map(([name, other]) => [
      `room-${name}`,
      { [`src/modules/${name}/up.ts`]: [`../${other}/index.js`], [`src/modules/${other}/index.ts`]: [] },
    ]),
  ),
  'room-bootstrap': { 'src/bootstrap/floor.ts': ['../stack/index.js'], 'src/stack/index.ts': [] },
  'room-stack': { 'src/stack/floor.ts': ['../bootstrap/index.js'], 'src/bootstrap/index.ts': [] },
  'room-options': { 'src/options/floor.ts': ['../bootstrap/index.js'], 'src/bootstrap/index.ts': [] },
  'room-nest': { 'src/nest/floor.ts': ['../bootstrap/index.js'], 'src/bootstrap/index.ts': [] },
  'room-cli': { 'src/cli/floor.ts': ['../modules/queue/index.js'], 'src/modules/queue/index.ts': [] },
  'room-processes': { 'src/processes/some.process.ts': ['../stack/index.js'] },
  'room-entries': { 'src/workers/b.worker.ts': ['../modules/config/index.js'] },
  'room-worker': {
    'packages/worker/src/up.ts': ['../../../src/modules/kernel/index.js'],
    'src/modules/kernel/index.ts': [],
  },
  'room-devkit': { 'devkit/up.ts': ['../src/bootstrap/index.js'] },
  'room-scripts': { 'scripts/up.mjs': ['../test/fixtures/a.mjs'], 'test/fixtures/a.mjs': [] },
  'room-bench': { 'bench/up.mjs': ['../scripts/lib/a.mjs'], 'scripts/lib/a.mjs': [] },
  'room-fixtures': { 'test/fixtures/up.mjs': ['../unit/a.mjs'], 'test/unit/a.mjs': [] },
  ...Object.fromEntries(
    ['unit', 'architecture', 'integration', 'e2e', 'faults', 'bench', 'packages'].map((tier) => {
      const other = tier === 'unit' ? 'faults' : 'unit';
      return [
        `room-${tier}-tests`,
        { [`test/${tier}/up.mjs`]: [`../${other}/a.mjs`], [`test/${other}/a.mjs`]: [] },
      ];
    }),
  ),
  'rooms-take-options': { 'src/modules/database/settings.ts': ['type ../config/index.js'] },
  'known-module': { 'src/modules/attic/index.ts': ['./box.js'], 'src/modules/attic/box.ts': [] },
  'entry-by-index': {
    'src/modules/queue/window.ts': ['../config/drawer.js'],
    'src/modules/config/drawer.ts': [],
  },
  'entry-by-index-from-above': { 'src/main.ts': ['./modules/config/drawer.js'] },
  'devkit-by-index': { 'src/stack/window.ts': ['../../devkit/drawer.js'], 'devkit/drawer.ts': [] },
  'no-cycle': { 'src/modules/llm/a.ts': ['./b.js'], 'src/modules/llm/b.ts': ['type ./a.js'] },
  'pure-imports': { 'src/modules/llm/a.policy.ts': ['pg'] },
  'pure-without-node': { 'src/modules/llm/b.policy.ts': ['node:fs'] },
  'kernel-stands-on-node': { 'src/modules/kernel/driver.ts': ['pg'] },
  'liveness-knows-nothing': { 'src/modules/liveness/driver.ts': ['pg'] },
  'health-knows-no-driver': { 'src/modules/health/driver.ts': ['ioredis'] },
  'one-way-to-redis': { 'src/modules/llm/own.ts': ['ioredis'] },
  'worker-is-a-leaf': { 'packages/worker/src/nest.ts': ['@nestjs/common'] },
  'cli-is-light': { 'src/cli/driver.ts': ['bullmq'] },
  'no-orphan': { 'src/modules/llm/forgotten.ts': [] },
  resolvable: { 'src/modules/llm/lost.ts': ['./nowhere.js'] },
  declared: { 'src/modules/llm/dev.ts': ['typescript'] },
};

describe('the house', () => {
  it('keeps every rule', async () => {
    expect(await cruise(ROOT, HOUSE)).toEqual([]);
  });

  it('keeps its decisions pure to the end', async () => {
    // Only src has any.
    expect(await cruise(ROOT, PURE, ['src'])).toEqual([]);
  });

  it('has a unit test for each of its decisions, of the same name', () => {
    const pure = pureFiles(ROOT);
    const untested = pure.filter((file) => !existsSync(join(ROOT, testOf(file))));
    expect(pure.length).toBeGreaterThan(70);
    expect(untested).toEqual([]);
  });

  it('has files of at most 250 lines, unless their first lines say why', () => {
    const paths = ['src', 'devkit'].flatMap((dir) =>
      readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' }).map((path) => join(dir, path)),
    );
    const tooLong = paths
      .filter((path) => path.endsWith('.ts'))
      .map((path) => ({
        path,
        lines: readFileSync(join(ROOT, path), 'utf8').trimEnd().split('\n'),
      }))
      .filter(({ lines }) => lines.length > 250 && !/250 lines/.test(lines.slice(0, 5).join('\n')))
      .map(({ path, lines }) => `${path}: ${lines.length} lines`);
    expect(tooLong).toEqual([]);
  });
});

describe('each rule of the house', () => {
  it('is broken by the house that breaks it', async () => {
    const dir = tempDir('house');
    const files: Record<string, readonly string[]> = {};
    for (const breach of Object.values(BREACHES)) {
      for (const [path, imports] of Object.entries(breach))
        files[path] = [...(files[path] ?? []), ...imports];
    }
    layOut(dir, files);
    expect(Object.keys(BREACHES).sort()).toEqual(rulesOf(HOUSE));
    const violations = await cruise(dir, HOUSE);
    for (const [rule, breach] of Object.entries(BREACHES)) {
      const culprits = violations.filter((violation) => violation.rule === rule).map(({ from }) => from);
      expect({ rule, culprits }).toEqual({
        rule,
        culprits: expect.arrayContaining([Object.keys(breach)[0]]),
      });
    }
  });

  it('lets what it allows pass', async () => {
    const dir = tempDir('house');
    layOut(dir, {
      'src/main.ts': ['./processes/api.process.js', './bootstrap/index.js'],
      'src/processes/api.process.ts': ['../modules/queue/index.js', '../options/index.js'],
      'src/options/index.ts': ['type ../modules/queue/index.js', '../modules/config/index.js'],
      'src/bootstrap/index.ts': ['../modules/liveness/index.js'],
      'src/modules/kernel/index.ts': ['node:crypto'],
      'src/modules/config/index.ts': ['node:fs', '../kernel/index.js'],
      'src/modules/liveness/index.ts': ['@nestjs/common', 'node:os', '../kernel/index.js'],
      'src/modules/queue/index.ts': ['./queue.check.js', '../kernel/index.js'],
      'src/modules/environment/index.ts': ['type ../config/index.js'],
      'src/modules/queue/queue.check.ts': ['bullmq', './age.policy.js'],
      'src/modules/queue/age.policy.ts': ['type ioredis', 'type ../kernel/index.js', './depth.assess.js'],
      'src/modules/queue/depth.assess.ts': [],
      'src/cli/main.ts': [
        'commander',
        'type ioredis',
        '../modules/queue/observe.js',
        '../modules/redis/index.js',
      ],
      'src/modules/queue/observe.ts': [],
      'src/modules/redis/index.ts': ['ioredis'],
      'src/stack/steps.ts': ['../../devkit/index.js'],
      'devkit/index.ts': ['node:net', '../src/modules/supervision/index.js'],
      'src/modules/supervision/index.ts': [],
      'bench/a.mjs': ['../build/devkit/index.js'],
      'scripts/a.mjs': ['../bench/a.mjs', './lib/b.mjs'],
      'scripts/lib/b.mjs': [],
      'test/unit/a.mjs': ['../fixtures/b.mjs'],
      'test/fixtures/b.mjs': ['../../devkit/index.js'],
    });
    expect(await cruise(dir, HOUSE)).toEqual([]);
    expect(await cruise(dir, PURE)).toEqual([]);
  });

  it('sees what a pure file reaches over other files', async () => {
    const dir = tempDir('house');
    layOut(dir, {
      'src/modules/queue/age.policy.ts': ['./helper.js'],
      'src/modules/queue/depth.policy.ts': ['./helper2.js'],
      'src/modules/queue/helper.ts': ['node:fs'],
      'src/modules/queue/helper2.ts': ['pg'],
    });
    const violations = await cruise(dir, PURE);
    expect(new Set(violations.map(({ from }) => from))).toEqual(
      new Set(['src/modules/queue/age.policy.ts', 'src/modules/queue/depth.policy.ts']),
    );
    expect(await brokenIn(dir, PURE)).toEqual(rulesOf(PURE));
  });
});
