import { createTerminus } from '@godaddy/terminus';
import { createServer } from 'node:http';
import { ping, select } from './dependencies.mjs';

const server = createServer((_request, response) => response.writeHead(404).end());
createTerminus(server, {
  healthChecks: { '/readyz': () => Promise.all([ping(), select()]) },
  logger: () => undefined,
});
server.listen(Number(process.env.PORT), '127.0.0.1');
