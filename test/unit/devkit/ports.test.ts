import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePort, freePorts, isFree } from '#devkit';
import { atEnd } from '../../fixtures/cleanup.js';

const listenOn = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    atEnd(() => void server.close());
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

describe('a free port', () => {
  it('can be listened on, and is none that the system hands out by itself', async () => {
    const port = await freePort();
    expect(await isFree(port)).toBe(true);
    expect(await listenOn(port)).toBe(port);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_000);
    expect(await isFree(port)).toBe(false);
  });

  it('is given out once, and not where somebody listens', async () => {
    const first = await freePort();
    await listenOn(first + 1);
    const more = await freePorts(3);
    expect(new Set([first, ...more]).size).toBe(4);
    expect(more).not.toContain(first + 1);
  });
});
