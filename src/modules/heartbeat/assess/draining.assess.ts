import { inWords, rateInWords, timeInWords, watchedMs, type Forecast } from '../../forecast/index.js';
import { depthOf, limitOf } from './depth.js';
import type { Limits, QueueEvidence } from './evidence.js';
import { tracesOfWorkers } from './observed.assess.js';
import { limitInWords, plural, type Verdict } from './verdict.js';
import { assessWorkers, isHealthy } from './workers.assess.js';

/**
 * Jobs come faster than they are finished, and soon too many will wait: it is said before `queue.backlog` is, and for
 * as long as it goes on. A backlog that is drained, however slowly, gets nobody out of bed: how long its jobs wait
 * is said by `queue.backlog`.
 */
export function notDraining(evidence: QueueEvidence, limits: Limits): Verdict | null {
  const { backlog, queue, slow } = evidence;
  const { warning } = backlog;
  if (warning?.kind !== 'reaches' && warning?.kind !== 'reached') return null;
  if (slow === null || slow.counts.paused || !isConsumed(evidence, limits)) return null;
  const rate = rateOf(warning) ?? rateOf(backlog.forecast);
  const by =
    rate === null ? '' : `, by ${rateInWords(rate)} as watched for ${timeInWords(watchedMs(backlog.series))}`;
  const limit = limitOf(evidence);
  const waiting = depthOf(evidence);
  const tooMany = `more than QUEUE_BACKLOG_WARN (${limits.backlogWarn})`;
  const when = warning.kind === 'reached' ? `, ${tooMany}` : `, and ${tooMany} will ${inWords(warning)}`;
  const advice =
    limit === null
      ? 'Add workers or concurrency.'
      : `They are held back by ${limitInWords(limit)}: more workers change nothing.`;
  return {
    code: 'queue.not_draining',
    message: `Jobs of queue ${queue} come faster than they are finished${by}: ${plural(waiting, 'job')} wait${waiting === 1 ? 's' : ''}${when}. ${advice}`,
    details: { waiting, ratePerSecond: rate, forecast: { ...warning, words: inWords(warning) } },
  };
}

const rateOf = (forecast: Forecast) => ('ratePerSecond' in forecast ? forecast.ratePerSecond : null);

/** Of a queue whose workers are gone, other codes tell. */
function isConsumed(evidence: QueueEvidence, limits: Limits): boolean {
  return evidence.workers.length === 0
    ? tracesOfWorkers(evidence)
    : assessWorkers(evidence, limits).some(isHealthy);
}
