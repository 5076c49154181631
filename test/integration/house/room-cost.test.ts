import { beforeAll, describe, expect, it } from '@jest/globals';
import { roomCosts } from '../../../scripts/lib/room-cost.mjs';

const NEST = ['@nestjs/common', '@nestjs/core', '@nestjs/terminus'];
const METRICS = ['@willsoto/nestjs-prometheus', 'prom-client'];
const REDIS = ['ioredis'];
const QUEUE = ['bullmq'];
const DATABASE = ['pg', 'pg-connection-string'];

/**
 * What loading a room, or a package of ours, may load: of which others, how many files at most, and which packages.
 * These only go down.
 */
const BOUNDS = [
  { room: 'kernel', rooms: [], files: 15, packages: [] },
  { room: 'liveness', rooms: ['kernel'], files: 4, packages: [] },
  { room: 'packages/worker', rooms: ['worker'], files: 3, packages: [] },
  { room: 'supervision', rooms: ['kernel'], files: 41, packages: [] },
  {
    room: 'health',
    rooms: ['kernel', 'http', 'liveness', 'resources'],
    files: 80,
    packages: [...NEST, ...METRICS],
  },
  {
    room: 'redis',
    rooms: ['kernel', 'health', 'worker'],
    files: 45,
    packages: REDIS,
  },
  {
    room: 'heartbeat',
    rooms: [
      'kernel',
      'forecast',
      'config',
      'http',
      'liveness',
      'resources',
      'health',
      'redis',
      'database',
      'queue',
      'worker',
    ],
    files: 255,
    packages: [...NEST, ...METRICS, ...REDIS, ...QUEUE, ...DATABASE, 'zod'],
  },
];

let costs: Awaited<ReturnType<typeof roomCosts>>;

beforeAll(async () => {
  costs = await roomCosts(BOUNDS.map(({ room }) => room));
});

describe('to load a room alone', () => {
  it.each(BOUNDS)('costs what $room is allowed: at most $files files', ({ room, rooms, files, packages }) => {
    const cost = costs.find((each) => each.room === room);
    const loaded = cost?.files ?? {};
    expect([room, ...rooms]).toEqual(expect.arrayContaining(Object.keys(loaded)));
    expect(Object.keys(loaded)).toContain(room.replace('packages/', ''));
    expect(cost?.total).toBeLessThanOrEqual(files);
    expect(cost?.packages).toEqual([...packages].sort());
  });
});
