import { expect, it } from '@jest/globals';
import { keepBusy } from '../../fixtures/busy.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { Watched } from './watched.js';

const TURN_MS = 400;

it('a process that is busy itself says nothing but good of a database that answers', async () => {
  const { url } = await TestDatabase.migrated();
  const watched = Watched.start(url);
  const { checkedAt } = await watched.says('database.healthy');
  const said: string[] = [];
  const stopListening = watched.board.onChange(() => said.push(watched.record.code));
  const rest = keepBusy(TURN_MS);
  try {
    await eventually(() => (watched.record.checkedAt ?? 0) > (checkedAt ?? 0) + 6000, {
      timeoutMs: 60_000,
      what: 'some looks',
    });
  } finally {
    rest();
    stopListening();
  }
  expect(new Set(said)).toEqual(new Set(['database.healthy']));
});
