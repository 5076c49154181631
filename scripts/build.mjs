// npm run build: compiles src/ into build/, and bundles what runs into dist/.
import { compileAndBundle } from './lib/build.mjs';

const complaints = await compileAndBundle();
if (complaints) {
  console.error(complaints);
  process.exitCode = 1;
}
