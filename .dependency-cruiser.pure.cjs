// What a pure file reaches at run time, over however many steps: types, which are gone by then, do not count.
const { options } = require('./.dependency-cruiser.cjs');

const PURE = '\\.(policy|state|assess)\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'pure-to-the-end',
      comment: 'A pure file stays pure through everything that it imports.',
      severity: 'error',
      from: { path: PURE },
      to: { path: '(^|/)node_modules/|^(node:)?[a-z_/]+$', pathNot: '/ipaddr\\.js/', reachable: true },
    },
  ],
  // Pure files use the pure files of the kernel and its text; the rest of that room comes along with its index, and
  // they call none of it.
  options: {
    ...options,
    tsPreCompilationDeps: false,
    exclude: { path: '^src/modules/kernel/(?!index|text|retry-after)' },
  },
};
