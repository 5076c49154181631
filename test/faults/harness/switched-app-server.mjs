// The stand-in of test/fixtures/children/app-server.mjs, in the mode that the file named by the first argument holds
// when it starts: so the next life differs from this one. Words after the mode make it worse:
//   deaf           heeds no SIGTERM, and does not end with its stdin
//   grandchildren  starts a process in its own group and one that called setsid; the file's name marks them
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const file = process.argv[2];
const [mode, ...words] = readFileSync(file, 'utf8').trim().split(' ');

if (words.includes('deaf')) {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 60_000);
}
if (words.includes('grandchildren')) {
  const script = `trap '' TERM HUP; while :; do sleep 60; done`;
  for (const detached of [false, true]) spawn('sh', ['-c', script, file], { stdio: 'ignore', detached });
}
process.argv[2] = mode;
await import('../../fixtures/children/app-server.mjs');
