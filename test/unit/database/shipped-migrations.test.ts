import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedMigrations } from '../../../src/modules/database/shipped-migrations.js';

describe('the shipped migrations', () => {
  it('are numbered without gaps, each number once', () => {
    const numbers = shippedMigrations().names.map((name) => Number(name.slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it('tell which tables stand when all are applied', () => {
    const dir = mkdtempSync(join(tmpdir(), 'probity-migrations-'));
    writeFileSync(
      join(dir, '0001_a.sql'),
      'CREATE TABLE one (id int);\ncreate table if not exists two (id int);',
    );
    writeFileSync(
      join(dir, '0002_b.sql'),
      '-- CREATE TABLE never\nDROP TABLE IF EXISTS one;\nCREATE TABLE "three" ();',
    );
    expect(shippedMigrations(dir)).toEqual({ names: ['0001_a', '0002_b'], tables: ['two', 'three'] });
  });
});
