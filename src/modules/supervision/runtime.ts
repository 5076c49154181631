import type { Exit } from './exit.js';

/** One bounded line of output. `pid` is null for what came before it was known. */
export interface OutputLine {
  readonly level: 'info' | 'warn';
  readonly stream: 'stdout' | 'stderr' | 'supervisor';
  readonly pid: number | null;
  readonly incarnation: number;
  readonly line: string;
}

/**
 * What a later supervisor finds a life by, as plain data. What is in it is known to the runtime of that kind alone; to
 * everybody else it is opaque.
 */
export interface Identity {
  readonly kind: string;
}

export type WriteResult = { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/** One life of a supervised thing. */
export interface Running {
  /** Process id on this machine once it is known; null when there is none. Never rejects. */
  readonly spawned: Promise<number | null>;
  /** Settles once, however it ended; a thing that could not be started ends with `error`. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks it to end: closes its stdin and sends SIGTERM. */
  terminate(): void;
  /** Ends it and its whole group at once. */
  kill(): void;
  /** Writes to its stdin, or says why it cannot. Memory is bounded: what does not fit is refused, not kept. */
  write(data: string | Uint8Array): WriteResult;
  /** What a later supervisor adopts it by; null when it does not outlive this one. */
  identity(): Identity | null;
}

/** Whatever can be supervised: the least that the supervisor needs of it. */
export interface Runtime {
  /** Starts one life. A synchronous throw is a failed start too. */
  start(incarnation: number, output: (line: OutputLine) => void): Running;
  /** Finds what an earlier supervisor left running; null when that life is over. A rejection counts as that, too. */
  adopt?(identity: Identity): Promise<Running | null>;
}
