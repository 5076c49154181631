import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  detectContainment,
  ProcessRuntime,
  Supervisor,
  type Containment,
  type KilledProcessSpec,
  type OutputLine,
  type SupervisorEvent,
  type SupervisorOptions,
} from '../../../src/modules/supervision/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';

const CHILDREN = fileURLToPath(new URL('../../fixtures/children', import.meta.url));

export const strongest = await detectContainment();
export const GROUP: Containment = { kind: 'group' };
/** Every containment that this machine has; namespaces need Linux and leave to make them. */
export const containments: [string, Containment][] =
  strongest.kind === 'group'
    ? [['group', GROUP]]
    : [
        ['namespace', strongest],
        ['group', GROUP],
      ];

export function childScript(name: string): string {
  return resolve(CHILDREN, `${name}.mjs`);
}

export const uniqueMark = (): string => `mark-${randomUUID()}`;

/** Pids of the running processes that have `mark` among their arguments; zombies have none. */
export function processesMarked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(Number(name)).includes(mark))
    .map(Number);
}

export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

interface Setup extends Partial<Omit<SupervisorOptions, 'runtime'>> {
  readonly containment?: Containment;
  readonly spec?: Partial<KilledProcessSpec>;
}

/** A supervisor of a child script, with all that it tells; it is stopped when the test file has ended. */
export function supervise(script: string, args: readonly string[], setup: Setup = {}) {
  const { containment = strongest, spec = {}, ...options } = setup;
  const events: SupervisorEvent[] = [];
  const output: OutputLine[] = [];
  const logged: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  const log = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields: { ...fields }, message });
  const runtime = new ProcessRuntime(
    {
      onSupervisorDeath: 'kill',
      command: process.execPath,
      args: [childScript(script), ...args],
      cwd: CHILDREN,
      env: { PATH: process.env['PATH'] },
      redact: (line) => line,
      ...spec,
    },
    containment,
  );
  const supervisor = new Supervisor({
    name: script,
    logger: { info: log('info'), warn: log('warn'), error: log('error') },
    onOutput: (line) => void output.push(line),
    ...options,
    runtime,
  });
  supervisor.on((event) => void events.push(event));
  atEnd(async () => void (await supervisor.stop()));
  const seen = (type: SupervisorEvent['type'], count = 1) =>
    eventually(() => events.filter((event) => event.type === type).length >= count, {
      what: `${count} times ${type}`,
    });
  const says = (line: string) =>
    eventually(() => output.some((one) => one.line === line), { what: `"${line}"` });
  return { supervisor, events, output, logged, seen, says };
}
