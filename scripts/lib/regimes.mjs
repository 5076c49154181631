// What forecasts are recorded on. Times are minutes of the regime, which are seconds of the recording.
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';

const TICK_MS = 50;
const MB = 1024 * 1024;
const FULL = 24 * MB;
const MANY_JOBS = 200;
/** Jobs that a worker with the usual limit finishes in a minute. */
const CAPACITY = 100;
const PAYLOAD = 'x'.repeat(20_000);

/** Adds jobs at a rate that changes, per minute, until it is over. */
async function produce({ queue, minute, signal }, rateAt, data = {}, opts = {}) {
  let [due, last] = [0, 0];
  while (!signal.aborted) {
    const now = Math.max(0, minute());
    due += rateAt(now) * (now - last);
    last = now;
    const count = Math.floor(due);
    due -= count;
    if (count > 0) await add(queue, count, data, opts);
    await sleep(TICK_MS);
  }
}

/** A Redis that is full refuses them: that is what is waited for. */
const add = (queue, count, data, opts) =>
  queue.addBulk(Array.from({ length: count }, () => ({ name: 'x', data, opts }))).catch(() => undefined);

async function withQueue({ port, ...given }, workers, work) {
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  const parts = [new Queue('work', { connection })];
  const [queue] = parts;
  const worker = ({ everyMs = 0, concurrency = 50, limit } = {}) => {
    const limiter = limit === undefined ? undefined : { max: Math.round(limit / 10), duration: 100 };
    const made = new Worker('work', () => sleep(everyMs), { connection, concurrency, limiter });
    parts.push(made);
    return made;
  };
  for (const each of parts.concat(workers.map(worker))) each.on('error', () => undefined);
  await work({ queue, ...given });
  await Promise.race([Promise.all(parts.map((each) => each.close())), sleep(1000)]);
}

const KEPT = { removeOnComplete: false };
const GONE = { removeOnComplete: true };
const WORKS = { concurrency: 50 };
/** So many MB of memory in a minute, by jobs that are kept. */
const MB_OF_JOBS = MB / 21_300;
const grows = (mbAt) => (given) =>
  withQueue(given, [WORKS], (parts) => produce(parts, (now) => mbAt(now) * MB_OF_JOBS, { PAYLOAD }, KEPT));

/** Grows, and is trimmed every so many minutes to what is kept. */
const trimmed = (every, mb, keep) => (given) =>
  withQueue(given, [WORKS], async (parts) => {
    const trimming = (async () => {
      for (let next = every; !parts.signal.aborted; next += every) {
        while (parts.minute() < next && !parts.signal.aborted) await sleep(TICK_MS);
        await parts.queue.clean(0, Math.round(keep(next) * MB_OF_JOBS), 'completed').catch(() => undefined);
      }
    })();
    await produce(parts, () => mb * MB_OF_JOBS, { PAYLOAD }, KEPT);
    await trimming;
  });

/** Values that come and go beside the jobs, as caches do. */
const withCache = (work) => async (given) => {
  const caching = (async () => {
    for (let n = 0; !given.signal.aborted; n += 1) {
      const size = Math.round(Math.random() * 1.5 * MB);
      await given.client.set(`cache:${n % 2}`, 'x'.repeat(size)).catch(() => undefined);
      await sleep(170);
    }
  })();
  await work(given);
  await caching;
};

const once = (at, count, opts, usual) => (given) =>
  withQueue(given, [usual.worker], async (parts) => {
    const importing = (async () => {
      while (parts.minute() < at && !parts.signal.aborted) await sleep(TICK_MS);
      for (let n = 0; n < count && !parts.signal.aborted; n += 500)
        await add(parts.queue, Math.min(500, count), usual.data, opts);
    })();
    await produce(parts, () => usual.rate, usual.data, opts);
    await importing;
  });

const jobs =
  (rateAt, workers = [{ ...WORKS, limit: CAPACITY }]) =>
  (given) =>
    withQueue(given, workers, (parts) => produce(parts, rateAt, {}, GONE));

const memory = (what, minutes, run) => ({
  what,
  number: 'memory',
  target: FULL,
  maxMemory: FULL,
  minutes,
  run,
});
const backlog = (what, minutes, run, target = MANY_JOBS) => ({ what, number: 'jobs', target, minutes, run });
const wave = (now, period) => Math.sin((2 * Math.PI * now) / period);

export const REGIMES = {
  'memory-leak': memory(
    'a steady leak, to the limit',
    70,
    grows(() => 0.5),
  ),
  'memory-leak-begins': memory(
    'nothing for 20 minutes, then a fast leak',
    50,
    grows((now) => (now < 20 ? 0 : 1.2)),
  ),
  'memory-leak-noisy': memory('a leak beside a cache that comes and goes', 70, withCache(grows(() => 0.5))),
  'memory-leak-faster': memory(
    'a slow leak that becomes four times as fast',
    60,
    grows((now) => (now < 25 ? 0.2 : 0.8)),
  ),
  'memory-saw': memory(
    'a saw: grows, and is trimmed every five minutes',
    60,
    trimmed(5, 2, () => 1e6),
  ),
  'memory-saw-long': memory(
    'a saw whose teeth take 25 minutes, to two thirds of the limit',
    90,
    trimmed(25, 0.6, () => 1e6),
  ),
  'memory-saw-rising': memory(
    'a saw of three minutes whose trimming takes away less than was added',
    80,
    trimmed(3, 1.2, () => 2.4),
  ),
  'memory-import': memory(
    'an import that fills a third, and stays',
    50,
    once(20, 350, KEPT, { worker: WORKS, rate: 0.5, data: { PAYLOAD } }),
  ),
  'memory-leak-ends': memory(
    'a leak that ends at half of the limit',
    60,
    grows((now) => (now < 25 ? 0.45 : 0)),
  ),
  'memory-noise': memory('no trend, beside a cache that comes and goes', 50, withCache(grows(() => 0))),
  'jobs-noise': backlog(
    'as many jobs as are done, in random bursts',
    50,
    jobs(() => CAPACITY * 0.9 * 2 * Math.random()),
  ),
  'jobs-bursts': backlog(
    'a burst every minute, done before the next',
    50,
    jobs((now) => (now % 1 < 0.2 ? CAPACITY * 4 : 0)),
  ),
  'jobs-5-percent': backlog(
    '5 % more jobs than are done',
    75,
    jobs(() => CAPACITY * 1.05),
  ),
  'jobs-slow': backlog(
    '1 % more jobs than are done',
    110,
    jobs(() => CAPACITY * 1.01),
  ),
  'jobs-half-capacity': backlog('one of two workers is lost', 45, (given) => halved(given)),
  'jobs-import': backlog(
    'one import of 2500 jobs, which are done',
    75,
    once(20, 2500, GONE, { worker: { ...WORKS, limit: CAPACITY }, rate: CAPACITY / 2, data: {} }),
    5000,
  ),
  'jobs-drain': backlog(
    'a backlog that is done',
    40,
    once(0, 1500, GONE, { worker: { ...WORKS, limit: CAPACITY }, rate: CAPACITY / 2, data: {} }),
    5000,
  ),
  'jobs-wave': backlog(
    'a wave like that of days, above what is done at its height',
    130,
    jobs((now) => CAPACITY * (0.8 + 0.3 * wave(now, 60))),
  ),
};

/** Two workers, of which one goes after a quarter of an hour. */
function halved(given) {
  return withQueue(given, [{ everyMs: 30, concurrency: 2 }], async (parts) => {
    const second = new Worker('work', () => sleep(30), {
      connection: { host: '127.0.0.1', port: given.port, maxRetriesPerRequest: null },
      concurrency: 2,
    });
    second.on('error', () => undefined);
    const leaving = (async () => {
      while (parts.minute() < 15 && !parts.signal.aborted) await sleep(TICK_MS);
      await second.close();
    })();
    await produce(parts, () => 75, {}, GONE);
    await leaving;
  });
}
