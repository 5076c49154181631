// npm run packages: makes dist/ of every package of ours, and packs each into .data/packages/.
import { pack } from './lib/packages.mjs';

try {
  for (const { file, size, unpackedSize, entryCount } of await pack())
    console.log(`${file}: ${kB(size)} packed, ${kB(unpackedSize)} in ${entryCount} files`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function kB(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}
