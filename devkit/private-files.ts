import { appendFileSync, chmodSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';

const FILE = 0o600;

/** A folder that only its owner may enter, also when it was there before with other rights. */
export function privateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  setMode(path, 0o700);
}

/** A folder that others may pass through, and not look into: PostgreSQL of root has an account of its own. */
export function passableFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o711 });
  setMode(path, 0o711);
}

/** Writes a file that only its owner may read, also when it was there before with other rights. */
export function writePrivate(file: string, text: string, flag: 'w' | 'wx' = 'w'): void {
  // Before the text is in it.
  if (flag === 'w') closeToOthers(file);
  writeFileSync(file, text, { mode: FILE, flag });
}

/** Closes a file that may be there to everybody but its owner. */
export function closeToOthers(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) setMode(file, FILE);
}

export function appendPrivate(file: string, text: string): void {
  appendFileSync(file, text, { mode: FILE });
}

/** A descriptor of an empty file that only its owner may read. */
export function openPrivate(file: string): number {
  const fd = openSync(file, 'w', FILE);
  setMode(file, FILE);
  return fd;
}

/** What belongs to somebody else stays as it is. */
function setMode(path: string, mode: number): void {
  const { uid, mode: had } = statSync(path);
  if ((had & 0o777) !== mode && (process.getuid === undefined || uid === process.getuid()))
    chmodSync(path, mode);
}
