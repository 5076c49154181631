import { connectionCodes } from './codes/connection.codes.js';
import { statementCodes } from './codes/statement.codes.js';

/** Reasons of the `database` check. */
export const databaseCodes = { ...connectionCodes, ...statementCodes };

type DatabaseCodes = typeof databaseCodes;
declare global {
  namespace Probity {
    interface Codes extends DatabaseCodes {}
  }
}
