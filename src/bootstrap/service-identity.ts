import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Settings } from '../modules/config/index.js';
import type { ServiceIdentity } from '../modules/health/index.js';

/** Who this process is: its name, the version of the package, and a fresh id for this one life of it. */
export function serviceIdentity(name: string, settings: Settings): ServiceIdentity {
  // Both src/bootstrap and dist/bootstrap are two folders below the package's root.
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return {
    name,
    version: manifest.version,
    environment: settings.NODE_ENV ?? 'unset',
    instanceId: randomUUID(),
    startedAt: Math.round(Date.now() - process.uptime() * 1000),
  };
}
