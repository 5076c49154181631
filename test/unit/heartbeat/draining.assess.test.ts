import { describe, expect, it } from '@jest/globals';
import { notDraining } from '../../../src/modules/heartbeat/assess/draining.assess.js';
import { assessJobs } from '../../../src/modules/heartbeat/assess/jobs.assess.js';
import { startWatch, watch, type Watch } from '../../../src/modules/heartbeat/assess/watch.state.js';
import { heartbeat, LIMITS, NOON, reading, slow } from './given.js';

type Slow = Parameters<typeof slow>[0] & object;
type Beat = Parameters<typeof heartbeat>[1];

/** A look every five seconds at a queue whose worker beats; what waits is a function of the minute. */
function watched(
  minutes: number,
  waitingAt: (minute: number) => number,
  { parts = {}, beat = {} }: { parts?: Slow; beat?: Beat | null } = {},
): Watch {
  let now = startWatch('execution', { tooMany: LIMITS.backlogWarn });
  for (let at = 0; at <= minutes * 60_000; at += 5000) {
    const heartbeats = beat === null ? [] : [heartbeat(NOON + at, beat)];
    const counts = { ...parts.counts, waiting: waitingAt(at / 60_000) };
    const looked = reading(NOON + at, { heartbeats, slow: slow({ ...parts, counts }) });
    now = watch(now, { kind: 'reading', reading: looked, reconnected: false });
  }
  return now;
}
const said = ({ evidence }: Watch) => notDraining(evidence, LIMITS);
const grows = (minute: number) => 100 + 12 * minute;

describe('a queue that gets more jobs than are finished', () => {
  it('is named, with how much faster, and when too many wait', () => {
    const given = watched(16, grows);
    expect(said(given)).toMatchObject({
      code: 'queue.not_draining',
      message: expect.stringMatching(
        /^Jobs of queue execution come faster than they are finished, by 12 per minute as watched for 15 min: 292 jobs wait, and more than QUEUE_BACKLOG_WARN \(1000\) will in 51 min to 1 h 10 min\. Add workers or concurrency\.$/,
      ),
      details: { waiting: 292, ratePerSecond: expect.closeTo(0.2, 6), forecast: { kind: 'reaches' } },
    });
    expect(assessJobs(given.evidence, LIMITS).code).toBe('queue.not_draining');
  });

  it('is named for as long as it grows, though too many wait', () => {
    const given = said(watched(16, (minute) => 2000 + 12 * minute));
    expect(given?.message).toContain(
      'by 12 per minute as watched for 15 min: 2192 jobs wait, more than QUEUE_BACKLOG_WARN (1000). Add',
    );
    expect(given?.details).toMatchObject({
      ratePerSecond: expect.closeTo(0.2, 6),
      forecast: { kind: 'reached', words: 'now' },
    });
  });

  it('is told that more workers change nothing, when a limit holds the jobs back', () => {
    const limited = said(watched(16, grows, { parts: { concurrencyLimit: 2, counts: { active: 2 } } }));
    expect(limited?.message).toContain(
      'They are held back by the concurrency limit of the queue (2): more workers change nothing.',
    );
  });

  it('counts those that have a priority', () => {
    const given = said(watched(16, () => 0, { parts: {} }));
    expect(given).toBeNull();
    let now = startWatch('execution', { tooMany: 1000 });
    for (let at = 0; at <= 900_000; at += 5000) {
      const looked = reading(NOON + at, {
        heartbeats: [heartbeat(NOON + at)],
        slow: slow({ counts: { prioritized: grows(at / 60_000) } }),
      });
      now = watch(now, { kind: 'reading', reading: looked, reconnected: false });
    }
    expect(said(now)?.details).toMatchObject({ waiting: 280 });
  });
});

describe('nothing is said of a queue', () => {
  it.each<[string, Watch]>([
    ['that is not watched for long', watched(4, grows)],
    ['that stands still', watched(16, () => 500)],
    ['that is drained, however long that takes', watched(16, (minute) => 5000 - minute)],
    ['that grows so slowly that it is a matter of hours', watched(16, (minute) => 100 + minute)],
    ['that is paused', watched(16, grows, { parts: { counts: { paused: true } } })],
    ['whose worker was stopped', watched(16, grows, { beat: { state: 'stopped' } })],
    ['that never had a worker', watched(16, grows, { beat: null })],
    ['of which nothing is known', startWatch('execution')],
  ])('%s', (_, given) => {
    expect(said(given)).toBeNull();
  });
});

it('a queue whose workers send no heartbeats is consumed as far as BullMQ tells', () => {
  expect(said(watched(16, grows, { beat: null, parts: { connectedWorkers: 1 } }))?.code).toBe(
    'queue.not_draining',
  );
});

it('what is worse is said first', () => {
  const dead = { parts: { deadSchedulers: [{ id: 'nightly', dueAt: NOON }] } };
  expect(assessJobs(watched(16, grows, dead).evidence, LIMITS).code).toBe('queue.scheduler_dead');
});
