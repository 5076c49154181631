// npm run build: compiles src/ and devkit/ into build/, and bundles what runs into dist/.
import { build } from './lib/build.mjs';

const complaints = await build();
if (complaints) {
  console.error(complaints);
  process.exitCode = 1;
}
