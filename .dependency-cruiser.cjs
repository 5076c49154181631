// The house (ARCHITECTURE.md): each room says which others it imports, and is entered by index.ts only.
// npm run arch runs these rules; test/architecture proves that each of them can fail.

/**
 * What a room may import beside itself: other rooms, and packages of ours. A new room, and a new way between two, is
 * written down here first.
 */
const ROOMS = {
  kernel: [],
  logging: [],
  forecast: [],
  liveness: ['kernel'],
  resources: ['kernel'],
  config: ['kernel'],
  supervision: ['kernel'],
  http: ['kernel'],
  metrics: ['http'],
  health: ['kernel', 'http', 'liveness', 'resources'],
  redis: ['kernel', 'health', '@probity/worker'],
  database: ['kernel', 'config', 'health', 'liveness', 'logging'],
  queue: ['kernel', 'forecast', 'health', 'database', 'redis', '@probity/worker'],
  work: ['kernel', 'health', 'redis', 'queue'],
  heartbeat: ['kernel', 'forecast', 'health', 'liveness', 'database', 'redis', 'queue', '@probity/worker'],
  llm: ['kernel', 'health', 'redis', 'queue', '@probity/worker'],
  environment: ['kernel', 'config', 'health', 'logging', 'resources'],
  executions: [
    'kernel',
    'http',
    'health',
    'database',
    'queue',
    'work',
    'heartbeat',
    'llm',
    '@probity/worker',
  ],
  'app-server': ['kernel', 'config', 'http', 'health', 'liveness', 'redis', 'supervision', '@probity/worker'],
};
const MODULES = Object.keys(ROOMS);
/**
 * The codes of a room are data, and cost whoever reads them nothing else of it. By `observe.ts` come those who only look,
 * and by `judge.ts` those who judge what was read: nothing behind them knows of Nest. The grammar of an address is that of whoever is given one.
 */
const DOORS = '([^/]+/(index|observe|judge|[^/]+\\.codes)|health/codes/index|config/redis-url)\\.ts$';
const PACKAGES = { '@probity/worker': '^packages/worker/src/(index|wire)\\.ts$' };
const room = (names) => names.map((name) => PACKAGES[name] ?? `^src/modules/${name}/`).join('|');
/** What stands on the rooms, and beside src: what each imports of the project. */
const FLOORS = {
  bootstrap: [
    '^src/bootstrap/',
    `^src/bootstrap/|${room(['config', 'database', 'environment', 'health', 'http', 'kernel', 'liveness', 'logging', 'metrics', 'resources'])}`,
  ],
  stack: [
    '^src/stack/',
    `^(src/(stack|options)|devkit)/|^src/modules/queue/queue\\.codes\\.ts$|${room(['kernel', 'config', 'database', 'health', 'logging', 'redis', 'supervision'])}`,
  ],
  options: ['^src/options/', `^src/options/|${room(MODULES)}`],
  processes: ['^src/processes/', `^src/(processes|bootstrap|options)/|${room(MODULES)}`],
  nest: [
    '^src/(nest/|index\\.ts$)',
    `^src/(nest|options)/|${room(['config', 'database', 'health', 'heartbeat', 'kernel', 'queue', 'redis'])}`,
  ],
  cli: [
    '^src/cli/',
    `^src/cli/|^src/options/redis-target\\.ts$|^src/modules/(kernel|forecast|redis)/index\\.ts$|^src/modules/(health|heartbeat|queue)/(observe|judge)\\.ts$`,
  ],
  entries: ['^src/(main\\.ts$|workers/)', '^src/(processes|bootstrap)/'],
  devkit: ['^devkit/', `^devkit/|${room(['supervision'])}`],
  scripts: ['^scripts/', '^(scripts/lib|bench|build|dist)/'],
  bench: ['^bench/', `^(bench|build|dist)/|${PACKAGES['@probity/worker']}`],
  worker: ['^packages/worker/', '^packages/worker/src/'],
  fixtures: ['^test/fixtures/', '^(test/fixtures|src|devkit|build|scripts/lib)/'],
  ...Object.fromEntries(
    ['unit', 'architecture', 'integration', 'e2e', 'faults', 'bench', 'packages'].map((tier) => [
      `${tier}-tests`,
      [`^test/${tier}/`, `^(test/(fixtures|${tier})|src|packages|devkit|build|scripts/lib)/`],
    ]),
  ),
};
const PURE = '\\.(policy|state|assess)\\.ts$';
const NPM = '(^|/)node_modules/';
// Packages that only compute.
const PURE_PACKAGES = ['ipaddr\\.js'];
const npm = (names) => `${NPM}(${names.join('|')})/`;

/** Neither the module itself nor a type is meant: what is left of it at run time. */
const atRunTime = { dependencyTypesNot: ['type-only'] };

const between = [
  ...Object.entries(ROOMS).map(([name, others]) => [name, room([name]), room([name, ...others])]),
  ...Object.entries(FLOORS).map(([name, [from, to]]) => [name, from, to]),
].map(([name, from, to]) => ({
  name: `room-${name}`,
  comment: `${name} imports only what this file allows it.`,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|packages|devkit|bench|scripts|test|build|dist)/', pathNot: to },
}));

module.exports = {
  forbidden: [
    ...between,
    {
      name: 'rooms-take-options',
      comment:
        'The names of the environment are known to config, to options, which maps them, and to what starts a process. Of the rooms only environment reports them, and what is left is the grammar of an address and what a child inherits.',
      severity: 'error',
      from: {
        path: '^src/modules/',
        pathNot: `${room(['config', 'environment'])}|^src/modules/(app-server/child/|database/(connection|migrate)\\.ts$)`,
      },
      to: { path: room(['config']) },
    },
    {
      name: 'known-module',
      comment: 'A new room is written down in this file, with what it imports.',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: room(MODULES) },
      to: {},
    },
    {
      name: 'entry-by-index',
      comment: 'A module is entered only through its index.ts, or its codes.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/', pathNot: `^src/modules/($1/|${DOORS})` },
    },
    {
      name: 'entry-by-index-from-above',
      comment: 'A module is entered only through its index.ts, or its codes.',
      severity: 'error',
      from: { path: '^(src|devkit)/', pathNot: '^src/modules/' },
      to: { path: '^src/modules/', pathNot: `^src/modules/${DOORS}` },
    },
    {
      name: 'devkit-by-index',
      comment: 'The devkit is entered only through its index.ts, compiled or not.',
      severity: 'error',
      from: { pathNot: '^(build/)?devkit/' },
      to: { path: '^(build/)?devkit/', pathNot: '^(build/)?devkit/index\\.(ts|js)$' },
    },
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one file, or want a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure-imports',
      comment:
        'A pure file has no effects to import: no Node, no package with effects, no service; types are free.',
      severity: 'error',
      from: { path: PURE },
      to: {
        path: `${NPM}|\\.(service|module|controller|check|processor|repository|gateway|driver|client)\\.ts$`,
        pathNot: npm(PURE_PACKAGES),
        ...atRunTime,
      },
    },
    {
      name: 'pure-without-node',
      comment: 'A pure file knows no clock, no file and no socket.',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'kernel-stands-on-node',
      comment: 'What everybody needs and nobody owns: no package, no other room.',
      severity: 'error',
      from: { path: room(['kernel']) },
      to: { path: `^src/(?!modules/kernel/)|${NPM}` },
    },
    {
      name: 'liveness-knows-nothing',
      comment: '/livez answers without settings, drivers, Terminus or any other module but the kernel.',
      severity: 'error',
      from: { path: room(['liveness']) },
      to: {
        path: `^src/(?!modules/(liveness|kernel)/)|${NPM}`,
        pathNot: npm(['@nestjs/common', '@nestjs/core', 'rxjs', 'reflect-metadata']),
        ...atRunTime,
      },
    },
    {
      name: 'health-knows-no-driver',
      comment: 'Health is made of what the checks report: each subsystem brings its own check.',
      severity: 'error',
      from: { path: room(['health']) },
      to: { path: npm(['ioredis', 'bullmq', '@nestjs/bullmq', 'pg', 'node-pg-migrate', 'undici']) },
    },
    {
      name: 'one-way-to-redis',
      comment: 'Connections are made in redis, so that they agree on who is asked and how.',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: room(['redis']) },
      to: { path: npm(['ioredis']), ...atRunTime },
    },
    {
      name: 'worker-is-a-leaf',
      comment: "It runs inside other people's processes: Node, and of packages what makes a worker.",
      severity: 'error',
      from: { path: '^packages/worker/' },
      to: { path: NPM, pathNot: npm(['bullmq', 'ioredis']) },
    },
    {
      name: 'cli-is-light',
      comment:
        'The command is to start at once, wherever it is run by npx: what it imports of npm comes with it.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: NPM, pathNot: npm(['commander']), ...atRunTime },
    },
    {
      name: 'no-orphan',
      comment: 'Nobody imports this file, and it imports nothing.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '(^src/main|\\.worker|\\.thread)\\.ts$' },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'An import leads somewhere.',
      severity: 'error',
      from: { pathNot: '^bench/' },
      // The peers of the benchmarks are installed when they are run, and what is built is there once it is.
      to: { couldNotResolve: true, pathNot: '(^|/)(build|dist)/' },
    },
    {
      name: 'declared',
      comment:
        'What runs in production is a dependency of package.json, and no devDependency. The command brings along in its bundle what it needs.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(stack|cli)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...atRunTime },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|^(build|dist)/' },
    // Applications of others, which know nothing of this house.
    exclude: { path: '^test/packages/apps/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      // Packages of ours are followed to their sources, built or not.
      conditionNames: ['probity-source', 'import', 'require', 'node', 'default', 'types'],
    },
    cache: false,
  },
};
