import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RedisServer } from '../../fixtures/redis.js';
import { probity, type Ended } from '../cli/command.js';
import { sixQueues } from '../cli/six-queues.js';

const README = join(fileURLToPath(new URL('../../..', import.meta.url)), 'README.md');
/** Of a terminal of this many columns is the picture. */
const COLUMNS = '96';

let redis: RedisServer;
let ended: Ended;
let lines: readonly string[];

/** The line that begins so, and those below it that belong to it. */
const section = (begin: string): string => {
  const from = lines.findIndex((line) => line.startsWith(begin));
  const below = lines.slice(from + 1);
  const until = below.findIndex((line) => !line.startsWith('  '));
  return lines.slice(from, from + 1 + (until === -1 ? below.length : until)).join('\n');
};
const row = (queue: string) => lines.find((line) => line.slice(2).startsWith(`${queue} `)) ?? '';

beforeAll(async () => {
  redis = await sixQueues();
  ended = await probity(['look'], { env: { REDIS_URL: redis.url, COLUMNS } });
  lines = ended.stdout.split('\n');
});

describe('six queues that never heard of it, on a Redis that evicts', () => {
  it('fail, and say so in one line, first', () => {
    expect(ended.code).toBe(2);
    expect(lines[0]).toBe('✕ 2 of 6 queues do not work, 3 need a look; Redis may lose jobs or refuse them');
  });

  it.each([
    ['✕', 'mail', 'worker.wedged', '12'],
    ['✕', 'billing', 'jobs.failing', '0'],
    ['▲', 'newsletter', 'queue.paused', '5'],
    ['▲', 'reports', 'queue.scheduler_dead', '0'],
    ['▲', 'thumbnails', 'queue.backlog', '29\\d,\\d{3}'],
    ['✓', 'push', 'works', '\\d'],
  ])('%s %s: %s', (mark, queue, said, waiting) => {
    expect(row(queue)).toMatch(new RegExp(`^${mark} ${queue} +${waiting} .*  ${said.replace('.', '\\.')}$`));
  });

  it('have each what is wrong with it and what to do, and whether a restart helps', () => {
    expect(section('✕ mail  worker.wedged')).toMatch(
      /a restart helps\n +1 worker takes no job: 12 jobs wait, the oldest for [45] min, and none was taken in 1\d s\.[^→]*→ Restart the worker.*\n +\$ redis-cli -u "\$REDIS_URL" client list \| grep bull:bWFpbA==$/,
    );
    expect(section('✕ billing  jobs.failing')).toMatch(
      /a restart changes nothing\n +All of the last \d+ jobs failed.*none succeeded:\s+Cannot read properties of\s+undefined/s,
    );
    expect(section('✕ Redis  redis.eviction_policy')).toContain('allkeys-lru, which drops jobs');
    expect(section('▲ reports  queue.scheduler_dead')).toContain('Scheduler nightly runs no more');
    expect(section('▲ thumbnails  queue.backlog')).toMatch(/the oldest for 1 h; \d+ a second end/);
    expect(section('▲ newsletter  queue.paused')).toContain('5 jobs wait, the oldest for 2 h');
  });

  it('are told of the worst first, what somebody wants so last, and well ones without a word', () => {
    const heads = lines.filter((line) => /^[✕▲] \S+ {2}[a-z]+\.[a-z_]+ /.test(line));
    expect(heads.map((line) => line.split(/\s+/)[1])).toEqual([
      'billing',
      'mail',
      'Redis',
      'reports',
      'thumbnails',
      'newsletter',
    ]);
  });

  it('are one screen', () => {
    expect(lines.slice(0, -1).length).toBeLessThanOrEqual(40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Number(COLUMNS));
  });

  it('are pictured in README, as they are', () => {
    const picture = /```\n(✕ 2 of 6 queues.*?\n)```\n/s;
    const readme = readFileSync(README, 'utf8');
    const [, found = ''] = picture.exec(readme) ?? [];
    if (process.env['PROBITY_PICTURE'] === 'write') {
      writeFileSync(README, readme.replace(picture, `\`\`\`\n${ended.stdout}\`\`\`\n`));
      return;
    }
    expect(shapeOf(found)).toEqual(shapeOf(ended.stdout));
  });

  it('are the same for a script, and more', async () => {
    const { code, stdout } = await probity(
      ['look', '--json', '--for', '4s', '--queue', 'push', '--queue', 'mail'],
      {
        env: { REDIS_URL: redis.url },
      },
    );
    const told = JSON.parse(stdout);
    expect(code).toBe(2);
    expect(told).toMatchObject({
      look: 1,
      status: 'fail',
      redis: { code: 'redis.eviction_policy', evictionPolicy: 'allkeys-lru', maxMemory: 512 * 1024 * 1024 },
      search: { named: true, prefixes: ['bull'] },
      notSeen: [],
    });
    expect(told.queues).toEqual([
      expect.objectContaining({
        name: 'mail',
        status: 'fail',
        code: 'worker.wedged',
        waiting: 12,
        workers: 1,
      }),
      expect.objectContaining({ name: 'push', status: 'pass', code: 'worker.observed', failed: 0 }),
    ]);
    expect(told.queues[1].done.completed).toBeGreaterThan(10);
    expect(told.findings[0]).toEqual({
      status: 'fail',
      code: 'worker.wedged',
      queue: { prefix: 'bull', name: 'mail' },
      message: expect.stringContaining('takes no job'),
      fix: expect.stringContaining('Restart the worker'),
      command: expect.stringContaining('client list'),
      restart: 'helps',
      runbook: 'docs/runbooks/production-monitoring.md#workerwedged',
    });
  });
});

/** Without what is different each time: numbers, and so how lines are broken and columns are wide. */
function shapeOf(text: string): readonly string[] {
  return (
    text
      // What ten seconds tell of where a number goes is another thing each time.
      .replace(/a second end,[^→]*\./s, 'a second end.')
      .replaceAll(/redis:\/\/\S+/g, 'ADDRESS')
      .replaceAll(/\d[\d,.]*( (h|min|s|ms|d)\b)*/g, '#')
      .replaceAll(/ · (not growing now|full in about #)/g, '')
      .split(/\s+/)
      .filter((word) => word !== '')
  );
}
