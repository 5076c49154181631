// What is measured against what. Every server answers on the port in PORT; all of them have the same Redis and
// PostgreSQL behind them, and ask both in each request unless it says otherwise.

/** `server` names the process, so that several endpoints of one process share it. */
export const SERVERS = {
  bare: { name: 'bare node:http', entry: 'bench/servers/bare.mjs', path: '/' },
  probity: { name: 'Probity', entry: 'dist/main.js', path: '/livez' },
  terminusExpress: {
    name: 'Terminus on Express',
    entry: 'bench/servers/terminus-express.mjs',
    path: '/readyz',
  },
  terminusFastify: {
    name: 'Terminus on Fastify',
    entry: 'bench/servers/terminus-fastify.mjs',
    path: '/readyz',
  },
  godaddy: { name: '@godaddy/terminus', entry: 'bench/servers/godaddy-terminus.mjs', path: '/readyz' },
  lightship: { name: 'lightship', entry: 'bench/servers/lightship.mjs', path: '/ready' },
};

export const ENDPOINTS = [
  { name: 'bare node:http', server: 'bare', path: '/' },
  { name: 'Probity /livez', server: 'probity', path: '/livez' },
  { name: 'Probity /readyz', server: 'probity', path: '/readyz' },
  { name: 'Probity /api/production/ready', server: 'probity', path: '/api/production/ready' },
  { name: 'Terminus on Express', server: 'terminusExpress', path: '/readyz' },
  { name: 'Terminus on Fastify', server: 'terminusFastify', path: '/readyz' },
  { name: '@godaddy/terminus', server: 'godaddy', path: '/readyz' },
  { name: 'lightship (a flag, asks nothing)', server: 'lightship', path: '/ready' },
];
