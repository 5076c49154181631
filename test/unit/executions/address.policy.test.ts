import { describe, expect, it } from '@jest/globals';
import {
  isAllowedByName,
  isPublicAddress,
  mayReach,
} from '../../../src/modules/executions/net/address.policy.js';

describe('an address is public', () => {
  it.each([
    '1.1.1.1',
    '93.184.216.34',
    '2606:4700:4700::1111',
    '::ffff:1.1.1.1',
    '[2606:4700::1]',
    '2606:4700::1%eth0',
  ])('when it belongs to the internet: %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::808:808',
    '1.1.1.1]x',
    '1.1.[1.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    'localhost',
    '',
  ])('never when it is %j', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('a host is allowed by name', () => {
  it.each([
    ['internal.example', 80, ['internal.example'], true],
    ['INTERNAL.example.', 80, ['internal.example'], true],
    ['internal.example', 8080, ['internal.example:8080'], true],
    ['internal.example', 80, ['internal.example:8080'], false],
    ['[::1]', 80, ['::1'], true],
    ['[::1]', 80, ['[::1]:80'], true],
    ['evil.internal.example', 80, ['internal.example'], false],
    ['internal.example.evil.org', 80, ['internal.example'], false],
    ['internal.example', 80, [], false],
    ['[FD00::1]', 80, ['[fd00::1]:80'], true],
    ['fd00::a', 8080, ['[FD00::A]:8080'], true],
    ['fd00::a', 80, ['[FD00::A]:8080'], false],
    ['x[::1]', 80, ['x::1'], false],
    ['[::1]x', 80, ['::1x'], false],
  ])('%s:%i by %j: %s', (hostname, port, allowed, expected) => {
    expect(isAllowedByName(hostname, port, allowed)).toBe(expected);
  });

  it('and then every address of its counts, in production too', () => {
    const target = { hostname: 'internal.example', port: 80, address: '10.0.0.1' };
    expect(mayReach(target, { publicOnly: true, allowed: [] })).toBe(false);
    expect(mayReach(target, { publicOnly: true, allowed: ['internal.example'] })).toBe(true);
    expect(mayReach(target, { publicOnly: false, allowed: [] })).toBe(true);
  });
});
