import pg from 'pg';
import { storable } from '../kernel/index.js';

/**
 * A statement behind its own deadline for locks, as one message: the server runs both in one transaction, at whose end
 * the deadline is gone. Such a message has no parameters, so they are written into it, each as a literal.
 */
export function promptStatement(lockMs: number, text: string, params: readonly unknown[]): string {
  const statement = text.replace(/\$(\d+)/g, (_, place: string) => literal(params[Number(place) - 1]));
  return `SELECT set_config('lock_timeout', '${Math.round(lockMs)}', true); ${statement}`;
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return pg.escapeLiteral(storable(value));
  throw new Error('a prompt statement takes texts and nulls');
}
