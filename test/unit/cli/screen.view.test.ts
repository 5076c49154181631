import { describe, expect, it } from '@jest/globals';
import type { LookFacts } from '../../../src/cli/look/facts.js';
import { judge } from '../../../src/cli/look/judge.assess.js';
import { lookJson } from '../../../src/cli/look/json.view.js';
import { screen } from '../../../src/cli/look/screen.view.js';
import { paintOf } from '../../../src/cli/terminal/paint.js';
import { lookFacts, NOON, queueFacts, redisFacts, slow, working } from './given.js';

const shownOf = (facts: LookFacts, width = 100) =>
  screen(facts, judge(facts), { width, paint: paintOf(false) });
const waiting = (name: string) =>
  queueFacts(
    name,
    {},
    {
      slow: slow({ counts: { waiting: 7, failed: 1234 }, connectedWorkers: 0 }),
      waitingSeen: new Map([['1', NOON - 3_600_000]]),
    },
  );

describe('the screen', () => {
  it('is short where all is well', () => {
    expect(shownOf(lookFacts([working('mail'), working('push')])))
      .toBe(`✓ All 2 queues work, and Redis keeps its jobs

REDIS  redis://db.example:6379/0 · 7.2.4, no replica, answers in 4 ms
✓ on disk   append-only file, fsync everysec, no snapshots
✓ memory    10 % of 1.0 GB · noeviction at the limit · not growing now

  QUEUE  WAITING  OLDEST  ACTIVE  DELAYED  FAILED  WORKERS   DONE
✓ mail         0       –       0        0       0        1  2.0/s  works
✓ push         0       –       0        0       0        1  2.0/s  works

Watched for 10 s, by 1,234 commands that only read. Whether a worker is alive or its job makes
progress cannot be seen from outside: @probity/worker tells.
`);
  });

  it('leaves out columns before it is too wide, and the names and codes never', () => {
    const facts = lookFacts([waiting('a-queue-with-quite-a-long-name'), working('b')]);
    const wide = shownOf(facts, 120);
    expect(wide).toMatch(/QUEUE .* ACTIVE {2}DELAYED {2}FAILED/);
    const narrow = shownOf(facts, 80).split('\n');
    const row = narrow.find((line) => line.startsWith('✕ a-queue')) ?? '';
    expect(row).toMatch(/^✕ a-queue-with-quite-a-lo… .* worker\.not_started$/);
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(narrow.join('\n')).not.toContain('DELAYED');
  });

  it('says of Redis what it would lose, and when it is full', () => {
    const facts = {
      ...lookFacts([working('mail')]),
      redis: redisFacts(
        {
          config: { save: '3600 1', appendFsync: 'everysec' },
          evictedBefore: 5,
          full: { kind: 'reaches', ratePerSecond: 1, inMs: 1, earliestMs: 600_000, latestMs: 1_200_000 },
        },
        'aof_enabled:0\nconnected_slaves:1\nslave0:ip=10.0.0.2,port=6379,state=wait_bgsave,offset=1,lag=0\nevicted_keys:5\n',
      ),
    };
    const text = shownOf(facts, 120);
    expect(text).toContain('▲ The queue works, but Redis needs a look');
    expect(text).toContain(
      '▲ on disk   no append-only file · snapshots (3600 1) · last save 1 min ago, 12 changes since',
    );
    expect(text).toContain('full in 10 min to 20 min · 5 keys evicted so far');
    expect(text).toContain('▲ replicas  this is the primary · 1 replica, 1 not in step');
  });

  it('says what is not known where INFO and more are refused', () => {
    const text = shownOf({
      ...lookFacts([working('mail')]),
      redis: redisFacts({ info: null, config: null, full: null }),
      withheld: ['CONFIG GET', 'INFO'],
    });
    expect(text).toContain('? it does not say how it is: INFO is refused');
    expect(text).toContain('▲ Redis  redis.durability_unknown');
    expect(text).toContain('Not seen, for Redis refuses INFO: memory, eviction');
    expect(text).toContain('Not seen, for Redis refuses CONFIG GET:');
  });

  it('tells alike things of several queues together', () => {
    const text = shownOf(lookFacts(['e', 'd', 'c', 'b', 'a'].map(waiting)));
    expect(text).toContain('✕ a, b, c and 2 more  worker.not_started');
    expect(text).toContain('  a: No worker is connected');
    expect(text.match(/Start a worker/g)).toHaveLength(1);
  });

  it('says that it has not seen all', () => {
    const search = { prefixes: ['shop'], guessed: true, whole: false, beyond: 12, named: false };
    const text = shownOf(lookFacts([working('mail')], { search })).replaceAll(/\s+/g, ' ');
    expect(text).toContain('Under bull there is no queue, so these are of prefix shop.');
    expect(text).toContain('Not all keys of this Redis were gone through');
    expect(text).toContain('12 more queues were found and not looked at');
  });

  it('has its marks and words without colours, and the same with them', () => {
    const facts = lookFacts([waiting('a')]);
    const coloured = screen(facts, judge(facts), { width: 100, paint: paintOf(true) });
    // eslint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(shownOf(facts));
    expect(coloured).toContain('\u001b[31m');
  });
});

describe('the same for machines', () => {
  it('is whole, and versioned', () => {
    const facts = lookFacts([working('mail'), waiting('push')], { withheld: ['TIME'] });
    expect(JSON.parse(JSON.stringify(lookJson(facts, judge(facts))))).toMatchObject({
      look: 1,
      at: new Date(NOON).toISOString(),
      status: 'fail',
      title: '1 of 2 queues does not work',
      redis: { code: 'redis.healthy', usedMemory: 104857600, maxMemory: 1073741824, replicas: 0 },
      queues: [
        {
          name: 'push',
          code: 'worker.not_started',
          waiting: 7,
          oldestMs: 3_600_000,
          failed: 1234,
          workers: 0,
        },
        {
          name: 'mail',
          code: 'worker.observed',
          done: { completed: 20, failed: 0, atLeast: false, overMs: 10_000 },
        },
      ],
      findings: [{ code: 'worker.not_started', queue: { prefix: 'bull', name: 'push' }, restart: 'helps' }],
      notSeen: [{ command: 'TIME' }],
      commandsSent: 1234,
    });
  });

  it('knows nothing where there is no queue', () => {
    const facts = lookFacts([]);
    expect(lookJson(facts, judge(facts))).toMatchObject({ status: 'unknown', queues: [] });
  });
});
