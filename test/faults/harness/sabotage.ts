import { fileURLToPath } from 'node:url';

const SABOTEUR = fileURLToPath(new URL('./saboteur.mjs', import.meta.url));

/** The environment that puts the saboteur into a process; see saboteur.mjs for what it can do. */
export function preload(how: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${SABOTEUR}`, SABOTAGE: how };
}
