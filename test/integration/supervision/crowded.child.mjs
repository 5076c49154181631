// Supervises a sleeper, as an account that the test allows no further process. It is to start at SIGUSR2.
import { ProcessRuntime, Supervisor } from '../../../build/modules/supervision/index.js';

const { ACCOUNT } = process.env;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const spec = { command: '/bin/sleep', args: ['600'], cwd: '/', env: {}, redact: (line) => line };

const supervisor = new Supervisor({
  name: 'sleeper',
  runtime: new ProcessRuntime({ ...spec, onSupervisorDeath: 'kill' }, { kind: 'group' }),
  logger: quiet,
  restart: { initialDelayMs: 10, maxDelayMs: 50, budget: 1 },
  graceMs: 100,
});
supervisor.on((event) => console.log(JSON.stringify(event)));
process.on('SIGUSR2', () => supervisor.start());
setInterval(() => undefined, 1000);
if (ACCOUNT !== undefined) {
  process.setgid(Number(ACCOUNT));
  process.setuid(Number(ACCOUNT));
}
console.log('ready');
