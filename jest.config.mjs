// Nest 12 is ESM: jest runs with --experimental-vm-modules (scripts/test.mjs sets it).
const base = {
  rootDir: '.',
  // The same for all tiers: a file is transformed once, and not once for each of them.
  id: 'probity',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@willsoto/nestjs-prometheus$': '<rootDir>/test/fixtures/nestjs-prometheus.mjs',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testEnvironment: '<rootDir>/test/fixtures/environment.mjs',
  // Packages of ours are taken from their sources, as their package.json says.
  testEnvironmentOptions: { customExportConditions: ['probity-source', 'node', 'node-addons'] },
  // They are run in processes of their own, never imported by a test.
  modulePathIgnorePatterns: [
    '<rootDir>/build',
    '<rootDir>/dist',
    '<rootDir>/.data',
    '<rootDir>/test/packages/apps',
  ],
  cacheDirectory: '.data/cache/jest',
};

const tier = (name, extra = {}) => ({
  ...base,
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  ...extra,
});

const services = {
  globalSetup: '<rootDir>/test/fixtures/global-setup.mjs',
  globalTeardown: '<rootDir>/test/fixtures/global-teardown.mjs',
};

/** A part of the integration tests, with what it fetches or fills: other releases of Redis, Valkey, BullMQ 4; 300,000 jobs. */
const ENGINES = '<rootDir>/test/integration/engines/';

export default {
  // Real processes on two cores: a generous limit, under which each wait has a deadline of its own.
  testTimeout: 240_000,
  // A closed connection of ioredis leaves a timer of 2 s behind, and whoever runs the tests is given as long.
  openHandlesTimeout: 5000,
  // A worker has most of a GB to give back when it ends, which takes many seconds where others want the cores.
  workerGracefulExitTimeout: 20_000,
  projects: [
    tier('unit'),
    tier('architecture'),
    tier('integration', { ...services, testPathIgnorePatterns: [ENGINES] }),
    tier('e2e', services),
    tier('faults', services),
    tier('bench', services),
    tier('engines', { ...services, testMatch: [`${ENGINES}**/*.test.ts`] }),
    tier('packages', { ...services, globalSetup: '<rootDir>/test/fixtures/packages-setup.mjs' }),
  ],
};
