import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { every } from '../../kernel/index.js';
import { neverBegan, type Exit } from '../exit.js';
import type { Running, WriteResult } from '../runtime.js';
import { identify, isSameProcess, type ProcessIdentity } from './process-identity.js';
import type { AdoptedProcessSpec } from './process-spec.js';
import { sendSignal } from './send-signal.js';

const POLL_MS = 200;

/** A process that is nobody's child here: only its identity tells whether it still runs. */
export class AdoptableProcess implements Running {
  readonly spawned: Promise<number>;
  readonly exited: Promise<Exit>;

  /** `exit` is the truth of its own child; an adopted one is watched, and how it ended cannot be seen. */
  constructor(
    private readonly self: ProcessIdentity,
    exit?: Promise<Exit>,
  ) {
    this.spawned = Promise.resolve(self.pid);
    this.exited = exit ?? watchEnd(self);
  }

  terminate(): void {
    if (isSameProcess(this.self)) sendSignal(this.self.pid, 'SIGTERM');
  }

  kill(): void {
    if (isSameProcess(this.self)) sendSignal(-this.self.pid, 'SIGKILL');
  }

  write(): WriteResult {
    return { accepted: false, reason: 'it outlives its supervisor, so it has no stdin' };
  }

  identity(): ProcessIdentity {
    return this.self;
  }
}

/** Throws when it cannot be started, or cannot be told apart from later processes. */
export function startAdoptable(spec: AdoptedProcessSpec, file: string): Running {
  const log = spec.logFile === undefined ? 'ignore' : openSync(spec.logFile, 'a', 0o600);
  const child = launch(spec, file, log);
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => resolve(neverBegan(error)));
    child.once('exit', (code, signal) => resolve({ code, signal, error: null }));
  });
  child.unref();
  if (child.pid === undefined) return neverRan(exited);
  const identity = identify(child.pid);
  if (identity !== null) return new AdoptableProcess(identity, exited);
  sendSignal(-child.pid, 'SIGKILL');
  throw new Error('its start time cannot be read, so that no later supervisor could adopt it: mount /proc');
}

/** Throws when there is no room for what it is started with; what was opened for it is closed in any case. */
function launch(spec: AdoptedProcessSpec, file: string, log: number | 'ignore'): ChildProcess {
  try {
    return spawn(file, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    if (typeof log === 'number') closeSync(log);
  }
}

function neverRan(exited: Promise<Exit>): Running {
  return {
    spawned: Promise.resolve(null),
    exited,
    terminate: () => undefined,
    kill: () => undefined,
    write: () => ({ accepted: false, reason: 'it never ran' }),
    identity: () => null,
  };
}

function watchEnd(identity: ProcessIdentity): Promise<Exit> {
  return new Promise((resolve) => {
    const stop = every(POLL_MS, () => {
      if (isSameProcess(identity)) return;
      stop();
      resolve({ code: null, signal: null, error: 'it ended; an adopted process does not tell how' });
    });
  });
}
