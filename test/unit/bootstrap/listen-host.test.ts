import { describe, expect, it } from '@jest/globals';
import { listenHost } from '../../../src/bootstrap/listen-host.js';

const ends = (code: string | null) => () => Promise.resolve(code);

describe('where a process listens', () => {
  it('is every address, of IPv6 and IPv4, where that works', async () => {
    expect(await listenHost('::', ends(null))).toBe('::');
  });

  it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL', 'EPROTONOSUPPORT'])(
    'is every address of IPv4 where there is no IPv6 (%s)',
    async (code) => expect(await listenHost('::', ends(code))).toBe('0.0.0.0'),
  );

  it('is where it is told to be, and nothing else is tried for any other reason', async () => {
    expect(await listenHost('::', ends('EADDRINUSE'))).toBe('::');
    expect(await listenHost('::', ends('EACCES'))).toBe('::');
    for (const host of ['127.0.0.1', '::1', '0.0.0.0'])
      expect(await listenHost(host, ends('EAFNOSUPPORT'))).toBe(host);
  });
});
