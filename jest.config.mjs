// Nest 12 is ESM: jest runs with --experimental-vm-modules (scripts/test.mjs sets it).
const base = {
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
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
  testEnvironment: 'node',
  cacheDirectory: '.data/cache/jest',
};

const tier = (name, extra = {}) => ({
  ...base,
  displayName: name,
  rootDir: '.',
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  ...extra,
});

export default {
  projects: [
    tier('unit'),
    tier('architecture'),
    tier('integration', { globalSetup: '<rootDir>/test/fixtures/global-setup.ts', globalTeardown: '<rootDir>/test/fixtures/global-teardown.ts' }),
    tier('e2e', { globalSetup: '<rootDir>/test/fixtures/global-setup.ts', globalTeardown: '<rootDir>/test/fixtures/global-teardown.ts' }),
  ],
};
