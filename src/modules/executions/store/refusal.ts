import { DatabaseUnavailableError } from '../../database/index.js';
import type { Failure } from './execution.js';

/** Errors of the values or the statement itself: however often it is tried, the answer is the same. */
const FOR_GOOD = /^(22|23|42|54|P0)[0-9A-Z]{3}$/;

/**
 * Why something can never be stored; null when the database merely could not be asked. The driver's own words
 * may hold what a client sent, so only the SQLSTATE is told.
 */
export function refusalOf(
  error: unknown,
  code: 'step.unstorable' | 'execution.unstorable',
  what: string,
): Failure | null {
  if (error instanceof DatabaseUnavailableError) return null;
  const sqlState: unknown = Reflect.get(Object(error), 'code');
  if (typeof sqlState !== 'string' || !FOR_GOOD.test(sqlState)) return null;
  return { code, message: `${what} cannot be stored: the database refuses it (SQLSTATE ${sqlState})` };
}
