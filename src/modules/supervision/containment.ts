import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { isLackOfResources } from './lack-of-resources.policy.js';
import { findOnPath } from './resolve-command.js';

/**
 * What keeps a child from outliving a supervisor that was killed with -9.
 * - `namespace`: a PID namespace; everything in it dies, what called setsid included.
 * - `group`: the process group dies, what called setsid survives.
 */
export type Containment =
  | {
      readonly kind: 'namespace';
      /** The path of `unshare` and its flags. */
      readonly unshare: readonly string[];
      /** The path of `timeout`. */
      readonly timeout: string;
    }
  | { readonly kind: 'group' };

/** Fd 3 is a socket whose other end only the supervisor holds: its end of file is the supervisor's death. */
export const GUARD_FD = 3;

// The guard is the first process of the namespace, hence its init: when it ends, the kernel kills all the others.
// The child is not init, so signals reach it with their usual meaning. `timeout 0` has no timeout: it waits outside
// of the namespace and ends just as the child ended, which `unshare --fork` does not after SIGKILL, nor a shell.
// /proc is the machine's, so the first field of stat is the pid out there.
// It waits for `cat`, not in `read`, for the end of an orphan that it inherited would end a `read`; and while it
// waits it reaps them.
const NAMESPACE_GUARD = `( trap '' TERM INT HUP; /bin/cat <&3 >/dev/null; : ) </dev/null >/dev/null 2>&1 &
timeout=$1; shift
exec "$timeout" --foreground 0 /bin/sh -c 'read -r pid _ </proc/self/stat; echo "$pid" >&3; exec "$@" 3<&-' sh "$@"`;

const GROUP_GUARD = `( ( trap '' TERM INT HUP; read -r _ <&3; kill -KILL 0 ) </dev/null >/dev/null 2>&1 & )
echo "$$" >&3; exec "$@" 3<&-`;

/** As root no user namespace is needed, and the child keeps every account of the machine. */
const NAMESPACE_FLAGS: readonly (readonly string[])[] = [
  ['--pid'],
  ['--user', '--map-current-user', '--pid'],
];
const PROBE_DEADLINE_MS = 2_000;
/** Kills itself, provided that it sees a namespace of few processes: SIGKILL must be what arrives out here. */
const PROBE = '[ "$$" -lt 10 ] && kill -KILL "$$"; exit 1';

let detected: Promise<Containment> | undefined;

/**
 * The strongest containment that works here, tried out once per process; again when it could not be tried out, for
 * lack of descriptors, processes or memory.
 */
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
    case 'namespace': {
      const [file = 'unshare', ...flags] = containment.unshare;
      const guard = ['/bin/sh', '-c', NAMESPACE_GUARD, 'sh', containment.timeout];
      return { file, args: [...flags, '--', ...guard, command, ...args] };
    }
    case 'group':
      return { file: '/bin/sh', args: ['-c', GROUP_GUARD, 'sh', command, ...args] };
    default:
      return unreachable(containment);
  }
}

async function detect(): Promise<Containment> {
  const unshare = findOnPath('unshare', process.env['PATH']);
  const timeout = findOnPath('timeout', process.env['PATH']);
  if (unshare !== undefined && timeout !== undefined) {
    for (const flags of NAMESPACE_FLAGS) {
      const namespace: Containment = { kind: 'namespace', unshare: [unshare, ...flags], timeout };
      const answer = await tryOut(namespace);
      if (answer === 'works') return namespace;
      if (answer === 'cannot tell') detected = undefined;
    }
  }
  return { kind: 'group' };
}

async function tryOut(containment: Containment): Promise<'works' | 'fails' | 'cannot tell'> {
  const { file, args } = contain(containment, '/bin/sh', ['-c', PROBE]);
  try {
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      timeout: PROBE_DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    child.on('error', () => undefined);
    // Without a descriptor left there are no pipes either, and the error comes later.
    const channel = (child.stdio as readonly unknown[] | undefined)?.[GUARD_FD] as Duplex | null | undefined;
    channel?.on('error', () => undefined);
    channel?.on('data', () => undefined);
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    channel?.destroy();
    return signal === 'SIGKILL' && !child.killed ? 'works' : 'fails';
  } catch (error) {
    return isLackOfResources(error) ? 'cannot tell' : 'fails';
  }
}

function unreachable(value: never): never {
  throw new Error(`Unhandled containment ${JSON.stringify(value)}`);
}
