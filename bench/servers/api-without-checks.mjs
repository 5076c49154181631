// The api with an empty board: the same application, the same connections, no checks. What the checks cost is
// the difference to build/main.js, whose parts can be reached. What is asked on behalf of a check is part of its price.
import { Board } from '../../build/modules/health/index.js';
import { CallListener } from '../../build/modules/llm/reports/call-listener.service.js';

Board.prototype.start = () => undefined;
CallListener.prototype.onModuleInit = () => undefined;
await import('../../build/main.js');
