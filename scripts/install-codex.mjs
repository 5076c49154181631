// Installs the codex command line into .data/codex, once, and prints the path of its binary.
import { buildWhenStale } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

const say = (line) => console.error(`install-codex: ${line}`);
try {
  ensureInstalled(say);
  const complaints = await buildWhenStale(say);
  if (complaints) say(`the build has errors, its output is used as it is:\n${complaints}`);
  const { installCodex } = await import('../build/devkit/index.js');
  console.log(installCodex(say));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
