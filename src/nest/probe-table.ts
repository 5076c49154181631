import type { ProbeName } from '../modules/health/index.js';
import { ProbityOptionsError, refuseUnknown, type ProbityOptions } from './probity.options.js';

/** Which path is which probe, and below which path each check is asked alone. */
export interface ProbeTable {
  readonly paths: Readonly<Record<string, ProbeName>>;
  readonly oneCheck: string | null;
}

const NAMES = ['livez', 'readyz', 'healthz', 'production'];
const PRODUCTION = { ready: 'ready', 'queue/heartbeat': 'heartbeat', health: 'health' } as const;

/** Throws `ProbityOptionsError`. */
export function probeTable(option: ProbityOptions['paths']): ProbeTable {
  if (option === false) return { paths: {}, oneCheck: null };
  const given = {
    livez: '/livez',
    readyz: '/readyz',
    healthz: '/healthz',
    production: '/api/production',
    ...option,
  };
  refuseUnknown(given, NAMES, 'paths');
  const paths: Record<string, ProbeName> = {};
  const add = (name: string, path: string, probe: ProbeName) => {
    if (paths[path] !== undefined)
      throw new ProbityOptionsError(`paths.${name}`, `is ${path}, where there is another probe already`);
    paths[path] = probe;
  };
  for (const name of ['livez', 'readyz', 'healthz'] as const) {
    const path = clean(name, given[name]);
    if (path !== null) add(name, path, name);
  }
  const production = clean('production', given.production);
  if (production !== null)
    for (const [below, probe] of Object.entries(PRODUCTION))
      add('production', `${production}/${below}`, probe);
  const readyz = clean('readyz', given.readyz);
  return { paths, oneCheck: readyz === null ? null : `${readyz}/` };
}

function clean(name: string, path: unknown): string | null {
  if (path === false) return null;
  if (typeof path !== 'string' || !/^(\/[\w.~-]+)+\/?$/.test(path))
    throw new ProbityOptionsError(`paths.${name}`, 'must be a path such as /readyz, or false');
  return path.replace(/\/$/, '');
}
