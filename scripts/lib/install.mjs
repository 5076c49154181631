// Installs the dependencies when they are not there, or not those of package-lock.json. Plain Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';
import { unsuitableNode } from './node-version.mjs';

/** Throws when package.json does not allow this Node, or when npm fails; npm's own output says why. */
export function ensureInstalled(say) {
  const why = unsuitableNode();
  if (why !== undefined) throw new Error(why);
  installLocked(root, [], say);
}

/** Brings `dir` to what its own package-lock.json says. Throws when npm fails. */
export function installLocked(dir, flags, say) {
  const missing = firstMissing(dir);
  if (!missing) return;
  say(`installing dependencies with npm ci (${missing}) ...`);
  const { status, error } = spawnSync(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...flags],
    { cwd: dir, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (error) throw new Error(`npm could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`npm ci in ${dir} failed with code ${status}`);
}

// What npm has installed is listed in a lock of its own. Optional packages may rightly be absent: most are
// for other systems.
function firstMissing(dir) {
  const wanted = packagesOf(join(dir, 'package-lock.json'));
  const installed = packagesOf(join(dir, 'node_modules', '.package-lock.json'));
  if (!installed) return 'node_modules is missing';
  for (const [path, entry] of Object.entries(wanted ?? {})) {
    const mayBeAbsent = path === '' || entry.optional || entry.devOptional || entry.peer;
    const have = installed[path]?.version;
    if (have !== entry.version && !(mayBeAbsent && have === undefined)) {
      return `${path.replace('node_modules/', '')} is ${have ?? 'missing'}, not ${entry.version}`;
    }
  }
  return undefined;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
