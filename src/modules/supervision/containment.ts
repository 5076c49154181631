import { spawn } from 'node:child_process';

/**
 * What keeps a child from outliving a supervisor that was killed with -9.
 * - `namespace`: a PID namespace; everything in it dies, what called setsid included.
 * - `group`: the process group dies, what called setsid survives.
 */
export type Containment =
  { readonly kind: 'namespace'; readonly unshare: readonly string[] } | { readonly kind: 'group' };

/** Fd 3 is a socket whose other end only the supervisor holds: its end of file is the supervisor's death. */
export const GUARD_FD = 3;

// The guard is the first process of the namespace, hence its init: when it ends, the kernel kills all the others.
// The child is not init, so signals reach it with their usual meaning, and `unshare --fork` outside
// of the namespace ends just as it ended. /proc is the machine's, so the first field of stat is the pid out there.
const NAMESPACE_GUARD = `( trap '' CHLD TERM INT HUP; read -r _ <&3 ) </dev/null >/dev/null 2>&1 &
exec unshare --fork --kill-child -- sh -c 'read -r pid _ </proc/self/stat; echo "$pid" >&3; exec "$@" 3<&-' sh "$@"`;

const GROUP_GUARD = `( ( trap '' TERM INT HUP; read -r _ <&3; kill -KILL 0 ) </dev/null >/dev/null 2>&1 & )
echo "$$" >&3; exec "$@" 3<&-`;

const CANDIDATES: readonly (readonly string[])[] = [['--pid'], ['--user', '--map-current-user', '--pid']];
const PROBE_DEADLINE_MS = 2_000;

let detected: Promise<Containment> | undefined;

/** The strongest containment that works here, tried out once per process. As root no user namespace is needed. */
export function detectContainment(): Promise<Containment> {
  detected ??= detect();
  return detected;
}

/** Wraps a command so that it is contained; its first line on fd 3 is the child's pid on this machine. */
export function contain(
  containment: Containment,
  command: string,
  args: readonly string[],
): { readonly file: string; readonly args: readonly string[] } {
  switch (containment.kind) {
    case 'namespace':
      return {
        file: 'unshare',
        args: [...containment.unshare, '--', 'sh', '-c', NAMESPACE_GUARD, 'sh', command, ...args],
      };
    case 'group':
      return { file: 'sh', args: ['-c', GROUP_GUARD, 'sh', command, ...args] };
    default:
      return unreachable(containment);
  }
}

async function detect(): Promise<Containment> {
  if (process.platform === 'linux') {
    for (const unshare of CANDIDATES) {
      if (await works({ kind: 'namespace', unshare })) return { kind: 'namespace', unshare };
    }
  }
  return { kind: 'group' };
}

function works(containment: Containment): Promise<boolean> {
  const { file, args } = contain(containment, 'sh', ['-c', 'exit 42']);
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      timeout: PROBE_DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    const channel = child.stdio[GUARD_FD];
    channel?.on('error', () => undefined);
    channel?.on('data', () => undefined);
    const done = (answer: boolean): void => {
      channel?.destroy();
      resolve(answer);
    };
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 42));
  });
}

function unreachable(value: never): never {
  throw new Error(`Unhandled containment ${JSON.stringify(value)}`);
}
