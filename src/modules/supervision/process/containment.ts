import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isLackOfResources } from '../lack-of-resources.policy.js';
import { GUARD_FD, hearGuard, pipeOf } from './guard-channel.js';
import { findOnPath } from './resolve-command.js';

/**
 * What keeps a child from outliving a supervisor that was killed with -9.
 * - `namespace`: a PID namespace; everything in it dies, what called setsid included. With a user namespace around it,
 *   which is taken where there is one, the child cannot read the memory and the environment of its supervisor either,
 *   though it has the same account, and be that root.
 * - `group`: the process group dies, what called setsid survives.
 */
export type Containment =
  | {
      readonly kind: 'namespace';
      /** The path of `unshare` and its flags. */
      readonly unshare: readonly string[];
      /** Whether the supervisor, which is root, gives the user namespace every account of the machine. */
      readonly mapped: boolean;
      /** The path of `timeout`. */
      readonly timeout: string;
    }
  | { readonly kind: 'group' };

// The guard is the first process of the namespace, hence its init: when it ends, the kernel kills all the others.
// The child is not init, so signals reach it with their usual meaning. `timeout 0` has no timeout: it waits outside
// of the namespace and ends just as the child ended, which `unshare --fork` does not after SIGKILL, nor a shell.
// /proc is the machine's, so the first field of stat is the pid out there.
// It waits for `cat`, not in `read`, for the end of an orphan that it inherited would end a `read`; and while it
// waits it reaps them.
// None of them but the child is given an environment: what it is told in fd 4 shows in no /proc/<pid>/environ.
const NAMESPACE_GUARD = `( trap '' TERM INT HUP; /bin/cat <&3 >/dev/null; : ) </dev/null >/dev/null 2>&1 4<&- &
timeout=$1; shift
exec "$timeout" --foreground 0 /bin/sh -c 'read -r pid _ </proc/self/stat; echo "$pid" >&3
eval "$(/bin/cat <&4)"; exec "$@" 3<&- 4<&-' sh "$@"`;

// Without a map it has no right at all; after the map a new program has those of its account.
const MAPPED = `read -r pid _ </proc/self/stat; echo "map $pid" >&3; read -r answer <&3
[ "$answer" = mapped ] && exec "$@"`;

const GROUP_GUARD = `( ( trap '' TERM INT HUP; read -r _ <&3; kill -KILL 0 ) </dev/null >/dev/null 2>&1 4<&- & )
echo "$$" >&3; eval "$(/bin/cat <&4)"; exec "$@" 3<&- 4<&-`;

/** On a busy machine it may be missed, which is no answer. */
const PROBE_DEADLINE_MS = 2_000;
const TRIES = 2;
/** Kills itself, provided that it sees a namespace of few processes: SIGKILL must be what arrives out here. */
const PROBE = '[ "$$" -lt 10 ] && kill -KILL "$$"; exit 1';

let detected: Promise<Containment> | undefined;

/**
 * The strongest containment that works here, tried out once per process. What could not be tried out, for lack of
 * descriptors, processes, memory or time, is tried out again for whoever asks next.
 */
export function detectContainment(): Promise<Containment> {
  detected ??= detect();
  return detected;
}

/** Wraps a command so that it is contained; see guard-channel.ts for what is said on the descriptors 3 and 4. */
export function contain(
  containment: Containment,
  command: string,
  args: readonly string[],
): { readonly file: string; readonly args: readonly string[] } {
  switch (containment.kind) {
    case 'namespace': {
      const [file = 'unshare', ...flags] = containment.unshare;
      const mapped = containment.mapped ? ['/bin/sh', '-c', MAPPED, 'sh'] : [];
      const guard = ['/bin/sh', '-c', NAMESPACE_GUARD, 'sh', containment.timeout];
      return { file, args: [...flags, '--', ...mapped, ...guard, command, ...args] };
    }
    case 'group':
      return { file: '/bin/sh', args: ['-c', GROUP_GUARD, 'sh', command, ...args] };
    default:
      return unreachable(containment);
  }
}

/**
 * Root maps every account, for its child is to keep all of them; others can map no more than their own. Without a
 * user namespace only root has a PID namespace.
 */
function ways(): readonly { readonly flags: readonly string[]; readonly mapped: boolean }[] {
  const own = { flags: ['--user', '--map-current-user', '--pid'], mapped: false };
  const all = { flags: ['--user', '--pid'], mapped: true };
  return [process.getuid?.() === 0 ? all : own, { flags: ['--pid'], mapped: false }];
}

async function detect(): Promise<Containment> {
  const unshare = findOnPath('unshare', process.env['PATH']);
  const timeout = findOnPath('timeout', process.env['PATH']);
  if (unshare !== undefined && timeout !== undefined) {
    for (const { flags, mapped } of ways()) {
      const namespace: Containment = { kind: 'namespace', unshare: [unshare, ...flags], mapped, timeout };
      const answer = await tryOut(namespace);
      if (answer === 'works') return namespace;
      if (answer === 'cannot tell') detected = undefined;
    }
  }
  return { kind: 'group' };
}

type Answer = 'works' | 'fails' | 'cannot tell';

async function tryOut(containment: Containment): Promise<Answer> {
  let answer: Answer = 'cannot tell';
  for (let tries = 0; tries < TRIES && answer === 'cannot tell'; tries += 1)
    answer = await tryOnce(containment);
  return answer;
}

async function tryOnce(containment: Containment): Promise<Answer> {
  const { file, args } = contain(containment, '/bin/sh', ['-c', PROBE]);
  try {
    const child = spawn(file, args, {
      detached: true,
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ignore'],
      timeout: PROBE_DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    child.on('error', () => undefined);
    const channel = hearGuard(pipeOf(child, GUARD_FD), () => undefined);
    const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    channel?.destroy();
    if (child.killed) return 'cannot tell';
    return signal === 'SIGKILL' ? 'works' : 'fails';
  } catch (error) {
    return isLackOfResources(error) ? 'cannot tell' : 'fails';
  }
}

function unreachable(value: never): never {
  throw new Error(`Unhandled containment ${JSON.stringify(value)}`);
}
