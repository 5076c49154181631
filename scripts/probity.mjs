// npm run probity -- look ...: the command, of this checkout, built when a source is newer.
import { buildWhenStale } from './lib/build.mjs';

const complaints = await buildWhenStale((what) => console.error(`probity: ${what}`));
if (complaints) console.error(complaints);
await import('../dist/cli/main.js');
