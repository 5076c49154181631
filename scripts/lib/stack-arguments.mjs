// What dev:stack can be asked. Plain Node: `--help` works on a bare clone.

export const HELP = `npm run dev:stack [-- flag]

Starts Redis, PostgreSQL, the api and the execution worker on this machine, and keeps them running. With no
flag it stays in the terminal and shows how they are; Ctrl-C stops them all.

  --detach         start in the background, and return once everything is ready
  --status         print how the stack is: exit code 0 ready, 1 not ready, 3 not running
  --status --json  the same, for scripts
  --stop           stop the stack of this checkout, and wait until it is gone
  --help           this text

Settings come from the environment, then from .env (see .env.example). REDIS_URL and DATABASE_URL name servers of
your own; without them dev:stack brings private ones, with their data under .data/. PORT and WORKER_PORT move
the api (5000) and the worker (5001).
`;

const FLAGS = ['--detach', '--status', '--json', '--stop', '--help'];

/** Answers `{ command, json }`, or `{ error }` with a sentence that says what is possible. */
export function parseArguments(args) {
  const flags = args.map((arg) => (arg === '-h' ? '--help' : arg));
  const unknown = flags.filter((flag) => !FLAGS.includes(flag));
  if (unknown.length > 0) {
    return { error: `unknown: ${unknown.join(' ')}. What exists: ${FLAGS.join(' ')}` };
  }
  if (flags.includes('--help')) return { command: 'help', json: false };
  const commands = ['--detach', '--status', '--stop'].filter((flag) => flags.includes(flag));
  if (commands.length > 1) return { error: `${commands.join(' and ')} exclude each other; name one of them` };
  const command = commands[0]?.slice(2) ?? 'up';
  const json = flags.includes('--json');
  if (json && command !== 'status') return { error: '--json goes with --status' };
  return { command, json };
}
