import { connectionCodes } from './codes/connection.codes.js';
import { durabilityCodes } from './codes/durability.codes.js';
import { writeCodes } from './codes/write.codes.js';

/** What may be wrong with Redis. A worker is what would be restarted in the hope that it helps. */
export const redisCodes = { ...connectionCodes, ...durabilityCodes, ...writeCodes };

type RedisCodes = typeof redisCodes;
declare global {
  namespace Probity {
    interface Codes extends RedisCodes {}
  }
}
