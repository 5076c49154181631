import { describe, expect, it } from '@jest/globals';
import { ManagedRedis } from '../../fixtures/managed/managed-redis.js';
import { PROVIDER_NAMES, PROVIDERS } from '../../fixtures/managed/providers.js';
import { page } from '../../fixtures/page.js';
import { RedisServer } from '../../fixtures/redis.js';
import { TestProcess } from '../../fixtures/process.js';
import { probity } from '../cli/command.js';

describe('a look at a managed Redis', () => {
  it.concurrent.each(PROVIDER_NAMES)(
    'of %s says what it could not see, and calls nothing well that it does not know',
    async (name) => {
      const redis = await RedisServer.start();
      const managed = await ManagedRedis.start(redis, PROVIDERS[name]);
      const mail = await TestProcess.child('integration/cli/worker.child.mjs', {
        env: { REDIS_PORT: String(managed.port), QUEUE: 'mail', EVERY_MS: '50' },
      });
      await mail.waitForLine('ready');
      const { code, stdout } = await probity(['look', '--for', '3s', '--json'], {
        env: { REDIS_URL: managed.url },
      });
      const told = JSON.parse(stdout);
      expect({ code, status: told.status }).toEqual({ code: 1, status: 'warn' });
      expect(told.redis).toMatchObject({ status: 'warn', code: 'redis.durability_unknown' });
      expect(told.queues).toMatchObject([{ name: 'mail', status: 'pass' }]);
      // The page that users read says the same.
      const withheld = (told.notSeen as { command: string }[]).map(({ command }) => command);
      expect(page('docs/redis.md')).toContain(`| ${name} | ${withheld.toReversed().join(', ')} |`);
      const screen = await probity(['look', '--for', '1s'], { env: { REDIS_URL: managed.url } });
      expect(screen.stdout).toContain('CONFIG GET');
    },
  );
});
