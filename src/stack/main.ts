import { fileURLToPath } from 'node:url';
import { SECRET_NAMES } from '../modules/config/index.js';
import { messageOf, takeEnvironment } from '../modules/kernel/index.js';
import { detach } from './commands/detach.js';
import { status } from './commands/status.js';
import { stop } from './commands/stop.js';
import { up } from './commands/up.js';
import { stackPaths } from './paths.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** `up`, `detach`, `status [--json]` or `stop`; scripts/dev-stack.mjs turns what a person types into these. */
async function main([command = 'up', ...flags]: readonly string[]): Promise<number> {
  const env = takeEnvironment(SECRET_NAMES).values;
  const paths = stackPaths(env);
  switch (command) {
    case 'up':
      return up(paths, env);
    case 'detach':
      return detach(paths, env, fileURLToPath(import.meta.url), say);
    case 'status':
      return status(paths, env, flags.includes('--json'));
    case 'stop':
      return stop(paths, say);
    default:
      throw new Error(`unknown command ${command}: up, detach, status and stop exist`);
  }
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`dev:stack: ${messageOf(error)}\n`);
  process.exit(1);
}
