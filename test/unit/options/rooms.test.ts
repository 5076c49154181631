import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/index.js';
import { databaseOptions } from '../../../src/options/index.js';

describe('what the database is told', () => {
  it('is its address', () => {
    const url = 'postgres://user:password@db.example:5432/probity';
    expect(databaseOptions(parseSettings({ DATABASE_URL: url })).url).toBe(url);
  });

  it('is why there is none, which says more than that when one was written', () => {
    expect(databaseOptions(parseSettings({}))).toEqual({
      url: undefined,
      whyNot: 'DATABASE_URL is not set; set it to postgres://user:password@host:port/database',
    });
    const { url, whyNot } = databaseOptions(parseSettings({ DATABASE_URL: 'mysql://db' }));
    expect(url).toBeUndefined();
    expect(whyNot).toMatch(/^DATABASE_URL must /);
  });
});
