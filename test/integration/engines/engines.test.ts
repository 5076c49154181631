import { describe, expect, it } from '@jest/globals';
import { parseInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';
import { ENGINES, noEngines, startEngine } from '../../fixtures/engines.js';

(noEngines === undefined ? describe : describe.skip)('an engine of another release of Debian', () => {
  it.each(ENGINES)('%s is what it says, with what a test asks of it', async (engine) => {
    const redis = await startEngine(engine, ['--maxmemory', '64mb']);
    const { version, maxMemory, aofEnabled } = parseInfo(String(await redis.command('INFO')));
    expect(version).toMatch(new RegExp(`^${engine.split('-')[1]}\\.\\d+$`));
    expect([maxMemory, aofEnabled]).toEqual([64 * 1024 * 1024, true]);
    const script = "return { cjson.decode('[7]')[1], type(cmsgpack), type(struct), type(bit) }";
    expect(await redis.command('EVAL', script, 0)).toEqual([7, 'table', 'table', 'table']);
    await redis.command('SET', 'key', 'kept');
    await redis.restart();
    expect(await redis.command('GET', 'key')).toBe('kept');
  });
});
