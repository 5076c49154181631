import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of the package that this is a part of: the nearest package.json above. */
export function version(): string {
  for (let up = 1; up <= 4; up += 1) {
    const file = fileURLToPath(new URL(`${'../'.repeat(up)}package.json`, import.meta.url));
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return 'unknown';
}
