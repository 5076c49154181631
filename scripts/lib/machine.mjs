// What a measurement was made on, in words.
import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';

/** Facts about this machine and the servers on it, by name. */
export function machine() {
  const [cpu] = cpus();
  return {
    processor: `${cpus().length} cores, ${cpu?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    'Node.js': process.version,
    Redis: versionOf('redis-server', /v=([\d.]+)/),
  };
}

function versionOf(program, pattern) {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return pattern.exec(stdout ?? '')?.[1] ?? 'unknown';
}
