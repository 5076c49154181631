// npm run rooms: what it costs to load each room alone.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildWhenStale, COMPILED, root } from './lib/build.mjs';
import { measured, roomCosts } from './lib/room-cost.mjs';

const complaints = await buildWhenStale();
if (complaints) throw new Error(complaints);
const wanted = process.argv.slice(2);
const rooms = wanted.length > 0 ? wanted : [...readdirSync(join(root, 'src', 'modules')), ...COMPILED];
for (const { room, total, files, packages } of await roomCosts(rooms)) {
  const { ms, mb } = await measured(room);
  console.log(`${room}: ${total} files, ${ms.toFixed(0)} ms, ${mb.toFixed(0)} MB`);
  console.log(
    `  ${Object.entries(files)
      .map(([owner, count]) => `${owner} ${count}`)
      .join(', ')}`,
  );
  console.log(`  ${packages.join(', ') || 'no package'}`);
}
