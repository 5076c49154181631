import { describe, expect, it } from '@jest/globals';
import { promptStatement } from '../../../src/modules/database/prompt-statement.js';

const statement = (...params: unknown[]) =>
  promptStatement(500, 'SELECT $1, $2, $10', [...params, 3, 4, 5, 6, 7, 8, 9, 'ten'].slice(0, 10));

describe('a statement with its own deadline for locks', () => {
  it('sets it for its own transaction only', () => {
    expect(promptStatement(499.6, 'SELECT 1', [])).toBe(
      `SELECT set_config('lock_timeout', '500', true); SELECT 1`,
    );
  });

  it('holds texts as literals, whatever stands in them', () => {
    expect(statement(`it's $2; DROP TABLE x; --`, null)).toContain(
      `SELECT 'it''s $2; DROP TABLE x; --', NULL, 'ten'`,
    );
    expect(statement(`\\'; $1`, `$2$&$'`)).toContain(`SELECT  E'\\\\''; $1', '$2$&$''', 'ten'`);
    expect(statement('a\0b', '')).toContain(`SELECT 'a\uFFFDb', '', 'ten'`);
  });

  it('takes nothing else', () => {
    expect(() => promptStatement(500, 'SELECT $1', [{}])).toThrow();
    expect(() => promptStatement(500, 'SELECT $2', ['one'])).toThrow();
  });
});
