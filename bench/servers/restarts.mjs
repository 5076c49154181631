// Supervises a child that ends at once, as often as the first argument says, and prints one JSON line after each
// tenth of that: how often it was restarted, and what memory is in use once garbage was collected. Needs --expose-gc.
const { detectContainment, ProcessRuntime, Supervisor } =
  await import('../../build/modules/supervision/index.js');

const wanted = Number(process.argv[2]);
const every = Math.max(1, Math.floor(wanted / 10));
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const spec = {
  onSupervisorDeath: 'kill',
  command: '/bin/sh',
  args: ['-c', 'echo it ends; exit 1'],
  cwd: '/',
  env: { PATH: process.env.PATH },
  redact: (line) => line,
};
const runtime = new ProcessRuntime(spec, await detectContainment());
const supervisor = new Supervisor({
  name: 'trivial',
  runtime,
  logger: silent,
  // Without delay, past its budget too; the window slides many times.
  restart: { initialDelayMs: 1, maxDelayMs: 1, slowDelayMs: 1, budget: 25, windowMs: 5000 },
});

let restarts = 0;
supervisor.on((event) => {
  if (event.type !== 'exited') return;
  restarts += 1;
  if (restarts % every !== 0) return;
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ restarts, rssMb: rss / 2 ** 20, heapMb: heapUsed / 2 ** 20 })}\n`);
  if (restarts >= wanted) void supervisor.stop();
});
supervisor.start();
