// The house (ARCHITECTURE.md): rooms stand above what they import, and are entered by index.ts only.
// npm run arch runs these rules; test/architecture proves that each of them can fail.

const MODULES = [
  'kernel',
  'logging',
  'resources',
  'config',
  'http',
  'metrics',
  'liveness',
  'health',
  'redis',
  'database',
  'queue',
  'heartbeat',
  'llm',
].concat(['environment', 'executions', 'probes', 'supervision', 'app-server', 'fleet', 'dashboard']);
// Above all modules, lowest first.
const FLOORS = ['^src/bootstrap/', '^src/stack/', '^src/app\\.module\\.ts$', '^src/(workers/|main\\.ts$)'];
const PURE = '\\.(policy|state|assess)\\.ts$';
const NPM = '(^|/)node_modules/';
// Packages that only compute.
const PURE_PACKAGES = ['ipaddr\\.js'];
const npm = (names) => `${NPM}(${names.join('|')})/`;
const room = (names) => `^src/modules/(${names.join('|')})/`;

/** Neither the module itself nor a type is meant: what is left of it at run time. */
const atRunTime = { dependencyTypesNot: ['type-only'] };

const modulesInOrder = MODULES.slice(0, -1).map((name, index) => ({
  name: `module-order-${name}`,
  comment: `${name} stands below ${MODULES.slice(index + 1).join(', ')}: imports go down only.`,
  severity: 'error',
  from: { path: room([name]) },
  to: { path: room(MODULES.slice(index + 1)) },
}));

const floorsInOrder = ['^src/modules/', ...FLOORS].slice(0, -1).map((floor, index) => ({
  name: `floor-order-${index}`,
  comment: 'Entries stand on top: main and workers, then app.module, stack, bootstrap, modules.',
  severity: 'error',
  from: { path: floor },
  to: { path: FLOORS.slice(index).join('|') },
}));

module.exports = {
  forbidden: [
    ...modulesInOrder,
    ...floorsInOrder,
    {
      name: 'known-module',
      comment: 'A new module takes its place in the order of this file.',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: room(MODULES) },
      to: {},
    },
    {
      name: 'entry-by-index',
      comment: 'A module is entered only through its index.ts.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/', pathNot: '^src/modules/($1/|[^/]+/index\\.ts$)' },
    },
    {
      name: 'entry-by-index-from-above',
      comment: 'A module is entered only through its index.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/modules/' },
      to: { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
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
      comment:
        'Connections are made in redis, so that they agree on who is asked and how; heartbeats also serve strangers.',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: `${room(['redis'])}|/instrument/beat-connection\\.ts$` },
      to: { path: npm(['ioredis']), ...atRunTime },
    },
    {
      name: 'supervision-stands-alone',
      comment: 'The supervisor supervises anything: it knows no module but kernel and config.',
      severity: 'error',
      from: { path: room(['supervision']) },
      to: { path: '^src/', pathNot: room(['supervision', 'kernel', 'config']) },
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
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared',
      comment: 'What runs in production is a dependency of package.json, and no devDependency.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/stack/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...atRunTime },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    cache: false,
  },
};
