import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Decisions: `now` and random numbers are passed in, effects are somebody else's.
const SOURCES = ['src/**/*.ts', 'packages/*/src/**/*.ts', 'devkit/**/*.ts'];
const PURE = ['policy', 'state', 'assess'].flatMap((kind) =>
  SOURCES.map((all) => all.replace('*.ts', `*.${kind}.ts`)),
);

const passIn = (what) => `A pure file takes ${what} as an argument.`;
const pureSyntax = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: passIn('the time') },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: passIn('the time') },
  { selector: "CallExpression[callee.name='Date']", message: passIn('the time') },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: passIn('randomness') },
  { selector: 'AwaitExpression', message: 'A pure file answers at once: it has nothing to wait for.' },
];
const pureGlobals = ['process', 'performance', 'crypto', 'fetch', 'console', 'globalThis']
  .concat(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'])
  .map((name) => ({ name, message: 'A pure file has no clock, no randomness and no effects.' }));

// What throws in a timer ends the process; `every` of the kernel tells of it, and goes on.
const BY_EVERY = 'Use every() of the kernel: what throws in a bare interval ends the process.';

const sleepless = [
  {
    selector: "CallExpression[callee.name='setTimeout'] > Literal.arguments[value>=100]",
    message: 'Tests do not sleep: wait for a condition with eventually(), or pass the time in.',
  },
  {
    selector: "MemberExpression[object.name=/^(it|test|describe)$/][property.name='only']",
    message: 'Run the whole file.',
  },
];

/** A fresh connection, a dry run, a stamp, a look, an answer that is not known: each has one name. */
const OLD_WORDS = [
  '[kK]nock',
  '[rR]ehears',
  '[pP]lant',
  '[mM]isunderstood',
  'sentinelKey',
  'RedisProbe',
  'KNOCK',
  'REHEARS',
];

export default defineConfig(
  globalIgnores([
    'build/',
    '**/dist/',
    '.data/',
    'coverage/',
    'test/fixtures/children/',
    'test/packages/apps/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-param-reassign': 'error',
      // The compiler sees to this one, and knows what a `never` ends.
      'no-fallthrough': 'off',
      // `'known' | (string & {})` lists what is known.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      // Codes add themselves to one interface, wherever they are defined.
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // A default hides the case that somebody adds: only `never` may stand there.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowNullish: true },
      ],
    },
  },
  {
    files: SOURCES,
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      // ARCHITECTURE.md has the words; these were other words for the same things.
      'id-match': ['error', `^(?!.*(${OLD_WORDS.join('|')})).*$`, { properties: true, classFields: true }],
    },
  },
  {
    files: SOURCES,
    ignores: ['src/modules/kernel/every.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'setInterval', message: BY_EVERY }],
      'no-restricted-properties': ['error', { property: 'setInterval', message: BY_EVERY }],
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:timers', 'node:timers/promises', 'timers', 'timers/promises'].map((name) => ({
            name,
            importNames: ['setInterval'],
            message: BY_EVERY,
          })),
        },
      ],
    },
  },
  {
    files: PURE,
    rules: {
      'no-restricted-syntax': ['error', ...pureSyntax],
      'no-restricted-globals': ['error', ...pureGlobals],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*', '@nestjs/*'], message: 'A pure file imports types and other pure files.' },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...sleepless],
      // Bodies of answers and matchers are `any` here, and a wrong guess fails the test.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'fetch', 'setTimeout', 'clearTimeout', 'setInterval']
          .concat(['clearInterval', 'setImmediate', 'AbortController', 'AbortSignal', 'require', 'module'])
          .map((name) => [name, 'readonly']),
      ),
    },
  },
);
