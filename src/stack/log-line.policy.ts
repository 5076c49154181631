import { shown } from '../modules/kernel/index.js';

/** A line of a process's log that a person at the screen should see. */
export interface Notice {
  readonly level: 'warn' | 'error';
  readonly text: string;
}

/**
 * Makes a line of JSON readable, and answers undefined for what belongs only into the log file. A line that is
 * no JSON comes from the runtime itself, such as a crash: it is shown when it came by stderr.
 */
export function noticeOf(stream: 'stdout' | 'stderr' | 'supervisor', line: string): Notice | undefined {
  const entry = parse(line);
  if (entry === undefined) {
    return stream === 'stdout' || line.trim() === '' ? undefined : { level: 'error', text: shown(line) };
  }
  const { level, context, msg } = entry;
  if (level !== 'warn' && level !== 'error' && level !== 'fatal') return undefined;
  // A check that turned has a line of its own in the live status.
  if (context === 'Board') return undefined;
  const about = typeof context === 'string' ? `${context}: ` : '';
  const code = typeof entry['code'] === 'string' ? ` (${entry['code']})` : '';
  const said = typeof msg === 'string' && msg !== '' ? msg : messageOf(entry['err']);
  return { level: level === 'warn' ? 'warn' : 'error', text: shown(`${about}${said}${code}`) };
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : 'see its log';
}
