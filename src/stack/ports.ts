import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { freePort, isFree, run, writePrivate } from '#devkit';

/** The ports that private servers took before, so that a restart of the stack takes the same. */
export class RememberedPorts {
  constructor(private readonly file: string) {}

  /** The remembered one when it is free, else the preferred one, else any. */
  async choose(name: string, preferred: number): Promise<number> {
    const remembered = this.read()[name];
    for (const port of remembered === undefined ? [preferred] : [remembered, preferred]) {
      if (await isFree(port)) return this.remember(name, port);
    }
    return this.remember(name, await freePort());
  }

  private remember(name: string, port: number): number {
    const ports = this.read();
    try {
      if (ports[name] !== port) writePrivate(this.file, `${JSON.stringify({ ...ports, [name]: port })}\n`);
    } catch {
      // The next start takes another one.
    }
    return port;
  }

  private read(): Readonly<Record<string, number>> {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as Record<string, number>;
    } catch {
      return {};
    }
  }
}

/** The process that listens on a port, such as `redis-server (pid 41)`; undefined when nobody can tell. */
export async function ownerOf(port: number): Promise<string | undefined> {
  return ownerByProc(port) ?? (await ownerByLsof(port));
}

function ownerByProc(port: number): string | undefined {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listening(`/proc/net/${table}`, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = list(`/proc/${pid}/fd`).some((fd) => inodes.has(link(`/proc/${pid}/fd/${fd}`)));
    if (holds) return `${text(`/proc/${pid}/comm`).trim()} (pid ${pid})`;
  }
  return undefined;
}

// Columns: number, local address:port in hex, remote, state (0A listens), ..., inode as the tenth.
function listening(table: string, port: number): string[] {
  const rows = text(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return rows
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A')
    .map((columns) => `socket:[${columns[9]}]`);
}

async function ownerByLsof(port: number): Promise<string | undefined> {
  const { code, output } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const pid = /^p(\d+)/m.exec(output)?.[1];
  const name = /^c(.+)/m.exec(output)?.[1];
  return code === 0 && pid !== undefined ? `${name ?? 'a process'} (pid ${pid})` : undefined;
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
