import { inWords, timeInWords } from '../../modules/forecast/index.js';
import { depthOf, oldestAge, plural, type Verdict } from '../../modules/heartbeat/judge.js';
import { grouped } from '../terminal/layout.policy.js';
import type { QueueFacts } from './facts.js';
import { rateOf } from './rate.policy.js';

/** Where the words of the service speak of its settings, which nobody has here; null where they do not. */
export function ownWords({ code, message }: Verdict, queue: QueueFacts | null): string | null {
  // What to do is said beside it.
  if (queue === null)
    return code === 'redis.eviction_policy' ? message.replace(/; set it to .*$/, '.') : null;
  switch (code) {
    case 'worker.not_started':
      return notStarted(queue);
    case 'worker.wedged':
      return wedged(queue);
    case 'queue.backlog':
      return backlog(queue);
    case 'queue.paused':
      return `It is paused, so no job is run; ${few(waiting(queue))}.`;
    case 'jobs.failing':
    case 'jobs.some_failing':
      return failing(queue);
    case 'queue.scheduler_dead':
      return deadScheduler(queue);
    default:
      return null;
  }
}

function waiting({ evidence }: QueueFacts): string {
  const age = oldestAge(evidence);
  const depth = depthOf(evidence);
  if (depth === 0) return 'Nothing waits';
  return `${grouped(depth)} ${depth === 1 ? 'job waits' : 'jobs wait'}${age === null || age < 1000 ? '' : `, the oldest for ${timeInWords(age)}`}`;
}

/** In the midst of a sentence. */
const few = (text: string) => text.replace(/^N/, 'n');

function notStarted(queue: QueueFacts): string {
  const listed = queue.evidence.slow?.connectedWorkers !== null;
  const who = listed
    ? 'No worker is connected, and BullMQ left no trace of one'
    : 'No job moved, and whether a worker is connected may not be seen';
  return `${who}. ${waiting(queue)}.`;
}

/** Of workers that send heartbeats the service's words say more. */
function wedged(queue: QueueFacts): string | null {
  const { slow, workers } = queue.evidence;
  if (workers.length > 0) return null;
  const connected = slow?.connectedWorkers ?? 0;
  const who = connected === 0 ? 'Its workers, which left traces,' : plural(connected, 'worker');
  const [take, hang] = connected === 1 ? ['takes', 'It hangs'] : ['take', 'They hang'];
  return `${who} ${take} no job: ${few(waiting(queue))}, and none was taken in ${timeInWords(queue.overMs)}. ${hang}, or somebody has called pause().`;
}

/** In less it cannot be told whether a worker hangs. */
const SHORT_MS = 3000;

function backlog(queue: QueueFacts): string {
  const { drained } = queue;
  const rate = rateOf(queue);
  const ends =
    rate === null || rate === 0
      ? `none was seen to end in ${timeInWords(queue.overMs)}${queue.overMs < SHORT_MS ? ', and a longer look (--for 10s) tells why' : ''}`
      : `${rateInWords(rate)} end`;
  const when = {
    too_short: '',
    steady: ', and they become no fewer',
    away: ', and they become more',
    reached: '',
    reaches: `, all ${inWords(drained)}`,
  }[drained.kind];
  return `${waiting(queue)}; ${ends}${when}.`;
}

const rateInWords = (perSecond: number) =>
  perSecond >= 1 ? `${grouped(Math.round(perSecond))} a second` : `${Math.round(perSecond * 60)} a minute`;

function failing({ evidence, done, lastFailed, overMs }: QueueFacts): string {
  const { finished, failed, failuresInARow, by, lastAt } = evidence.outcomes;
  const own = evidence.workers.length > 0;
  const all = failuresInARow === finished;
  const ago = lastAt === null ? '' : `, the last one ${timeInWords(Math.max(0, evidence.now - lastAt))} ago`;
  const of = all ? `All of the last ${finished} jobs` : `${failed} of the last ${finished} jobs`;
  const what = own
    ? 'Most or all of its recent jobs have failed, as their workers say'
    : by === 'failed'
      ? `${plural(failed, 'job')} failed lately; whether others succeed cannot be told, for completed jobs are not kept`
      : `${of} failed${by === 'events' ? ", as BullMQ's events say" : ''}`;
  const watched =
    done.failed > 0
      ? `; in ${timeInWords(overMs)} ${grouped(done.failed)} failed and ${done.completed === 0 ? 'none' : grouped(done.completed)} succeeded`
      : ago;
  const reason = lastFailed?.reason == null || lastFailed.reason === '' ? '' : `: ${lastFailed.reason}`;
  return `${what}${watched}${reason}`;
}

function deadScheduler({ evidence }: QueueFacts): string {
  const dead = evidence.slow?.deadSchedulers ?? [];
  const [first] = dead;
  if (first === undefined) return 'A job scheduler runs no more.';
  const more = dead.length === 1 ? '' : `, and so do ${dead.length - 1} more`;
  return `Scheduler ${first.id} runs no more${more}: its next run was due ${timeInWords(evidence.now - first.dueAt)} ago and has no job.`;
}
