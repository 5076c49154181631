import { readFileSync, renameSync, rmSync } from 'node:fs';
import { writePrivate } from '#devkit';
import { Writing } from './writing.js';

/** One process as the stack sees it. */
export interface ProcessRow {
  readonly name: string;
  /** `external`: named by the settings or run by Docker, and not the stack's to restart. */
  readonly state: 'starting' | 'ready' | 'not ready' | 'restarting' | 'stopping' | 'stopped' | 'external';
  readonly pid: number | null;
  /** Where it is reached, without credentials. */
  readonly address: string;
  readonly restarts: number;
  /** Why it is not ready, or where it comes from; empty when there is nothing to say. */
  readonly detail: string;
}

/** One check of one process. */
export interface CheckRow {
  readonly process: string;
  readonly key: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly code: string;
  readonly message: string;
  /** The check that is the cause of this one. */
  readonly because: string | null;
}

/** What `--status` shows, written by the running stack. */
export interface StackState {
  readonly pid: number;
  readonly phase: 'starting' | 'up' | 'stopping';
  /** Everything that the stack starts is up, and the gates are open at this moment. */
  readonly ready: boolean;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly processes: readonly ProcessRow[];
  readonly checks: readonly CheckRow[];
}

/** Written beside and renamed, so that a reader never sees half of it. */
export function writeState(file: string, state: StackState): void {
  const beside = `${file}.${process.pid}`;
  try {
    writePrivate(beside, `${JSON.stringify(state, undefined, 2)}\n`);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** The state of a running stack, which goes on when it cannot be written. */
export class StateFile {
  private readonly writing: Writing;

  constructor(
    private readonly file: string,
    tell: (text: string) => void,
  ) {
    this.writing = new Writing('what --status shows', tell);
  }

  write(state: StackState): void {
    this.writing.attempt(() => writeState(this.file, state));
  }
}

export function readState(file: string): StackState | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackState;
  } catch {
    return undefined;
  }
}

export function removeState(file: string): void {
  rmSync(file, { force: true });
}
