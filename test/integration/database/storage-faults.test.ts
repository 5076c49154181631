import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../../../src/modules/database/index.js';
import { startPostgres } from '#devkit';
import { atEnd } from '../../fixtures/cleanup.js';
import { tempDir } from '../../fixtures/temp-dir.js';
import { Watched } from './watched.js';

const SETTINGS = { fsync: 'off', min_wal_size: '32MB', max_wal_size: '64MB' };

describe('the database check, when the server', () => {
  it('is a standby, says so, and recovers on promotion', async () => {
    const dir = tempDir('standby');
    const primary = await startPostgres({ dir, settings: SETTINGS });
    await migrate(primary.url);
    await primary.stop();
    writeFileSync(join(dir, 'cluster', 'standby.signal'), '');
    const server = await startPostgres({
      dir,
      port: primary.port,
      settings: { ...SETTINGS, hot_standby: 'on' },
    });
    atEnd(() => server.stop());
    const watched = Watched.start(server.url);
    await watched.says('database.in_recovery');
    const client = await watched.database.pool.connect();
    await client.query('SELECT pg_promote()');
    client.release();
    await watched.says('database.healthy', 15_000);
  });

  const dir = tempDir('small-disk');
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=0755', 'tmpfs', dir]).status === 0;
  if (mounted) atEnd(() => void spawnSync('umount', ['-l', dir]));

  // Only root may make a disk that is small enough to fill.
  (mounted ? it : it.skip)(
    'has no space left on its disk, says so, and recovers when there is some',
    async () => {
      const server = await startPostgres({ dir, settings: SETTINGS });
      atEnd(() => server.stop());
      await migrate(server.url);
      const watched = Watched.start(server.url);
      await watched.says('database.healthy');
      const filler = join(dir, 'filler');
      fill(filler);
      const { message } = await watched.says('database.disk_full');
      expect(message).toContain('No space left on device');
      rmSync(filler);
      await watched.says('database.healthy');
    },
  );
});

/** Takes the disk to its last byte. */
function fill(path: string): void {
  for (let size = 1 << 20; size >= 1; size >>= 2) {
    const chunk = Buffer.alloc(size);
    try {
      for (;;) appendFileSync(path, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
