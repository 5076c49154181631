// The api with an empty board: the same application, the same connections, no checks. What the checks cost is
// the difference to dist/main.js.
import { Board } from '../../dist/modules/health/index.js';

Board.prototype.start = () => undefined;
await import('../../dist/main.js');
