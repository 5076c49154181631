import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { privateFolder, ROOT } from '#devkit';

/** Where a stack keeps what it needs. One stack at a time has a data folder. */
export interface StackPaths {
  readonly data: string;
  readonly logs: string;
  readonly lock: string;
  readonly state: string;
  /** REDIS_URL, DATABASE_URL and the rest of what the processes were given, for a shell. */
  readonly env: string;
  readonly ports: string;
  readonly authSecret: string;
  /** Of a private PostgreSQL. */
  readonly postgres: string;
}

/** `.data` of the checkout, or `PROBITY_DATA_DIR`. The folders are made. */
export function stackPaths(env: NodeJS.ProcessEnv): StackPaths {
  const data = resolve(ROOT, env['PROBITY_DATA_DIR'] || '.data');
  const logs = join(data, 'logs');
  // Made by nobody else, it is closed; one of the user's own keeps its rights, and what is secret in it has its own.
  mkdirSync(data, { recursive: true, mode: 0o711 });
  privateFolder(logs);
  return {
    data,
    logs,
    lock: join(data, 'stack.lock'),
    state: join(data, 'stack.json'),
    env: join(data, 'stack.env'),
    ports: join(data, 'ports.json'),
    authSecret: join(data, 'auth-secret'),
    postgres: join(data, 'postgres'),
  };
}
