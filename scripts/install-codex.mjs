// Installs the codex command line into .data/codex, once, and prints the path of its binary.
//   node scripts/install-codex.mjs            installs it unless it is there
//   node scripts/install-codex.mjs --find     installs nothing; exits with 1 when it is not there
import { installCodex, installedCodex } from './lib/codex.mjs';

try {
  const found = process.argv.includes('--find') ? installedCodex() : installCodex();
  if (found !== undefined) console.log(found);
  else process.exitCode = 1;
} catch (error) {
  console.error(`install-codex: ${error.message}`);
  process.exitCode = 1;
}
