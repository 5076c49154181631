import { describe, expect, it } from '@jest/globals';
import { assessAppServers } from '../../../src/modules/app-server/report/app-servers.assess.js';
import type { ReportedWorker } from '../../../src/modules/app-server/report/beats.js';

const worker = (id: string, reason: string | null, ageMs = 500): ReportedWorker => ({
  id,
  ageMs,
  beat:
    reason === null
      ? null
      : { host: 'h', pid: 1, ready: reason === 'handshake_complete', reason, restartsTotal: 0 },
});
const ready = (id: string, ageMs?: number) => worker(id, 'handshake_complete', ageMs);
/** So many workers, heard one after the other. */
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => worker(`w${index + 1}`, 'worker_exit', index));

describe('the workers together', () => {
  it('pass when all are ready', () => {
    expect(assessAppServers([ready('a')])).toEqual({
      verdict: 'app_server.handshake_complete',
      message: '1 of 1 app-server workers are ready',
      worst: null,
    });
    expect(assessAppServers([ready('a'), ready('b')]).message).toBe('2 of 2 app-server workers are ready');
  });

  it('warn when one of them is not, or has fallen silent, and name it', () => {
    const workers = [ready('a'), worker('b', null, 9400), ready('c'), worker('d', 'worker_exit', 600)];
    expect(assessAppServers(workers)).toEqual({
      verdict: 'app_server.some_not_ready',
      message: '2 of 4 app-server workers are ready; not: d (worker_exit), b (silent for 9 s)',
      worst: 'worker_exit',
    });
    expect(assessAppServers([ready('a'), worker('b', null, 500_500)])).toEqual({
      verdict: 'app_server.some_not_ready',
      message: '1 of 2 app-server workers are ready; not: b (silent for 501 s)',
      worst: null,
    });
  });

  it('give the reason of the one that was heard last when none is ready', () => {
    const workers = [
      worker('a', 'worker_exit', 900),
      worker('b', null, 50),
      worker('c', 'worker_wedged', 100),
    ];
    expect(assessAppServers(workers)).toEqual({
      verdict: 'none_ready',
      message: 'No app-server worker is ready: b (silent for 0 s), c (worker_wedged), a (worker_exit)',
      worst: 'worker_wedged',
    });
    expect(workers.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('are not reported when there is none, or all are silent', () => {
    expect(assessAppServers([])).toEqual({
      verdict: 'app_server.not_reported',
      message: 'No app-server worker has reported; start one that uses this Redis and QUEUE_PREFIX',
      worst: null,
    });
    expect(assessAppServers([worker('a', null, 500_400), worker('b', null, 6600)])).toEqual({
      verdict: 'app_server.not_reported',
      message: 'No app-server worker reports any more: b (silent for 7 s), a (silent for 500 s)',
      worst: null,
    });
  });

  it('are named up to ten, and the others counted', () => {
    const named = Array.from({ length: 10 }, (_, index) => `w${index + 1} (worker_exit)`).join(', ');
    expect(assessAppServers(many(10)).message).toBe(`No app-server worker is ready: ${named}`);
    expect(assessAppServers(many(11)).message).toBe(`No app-server worker is ready: ${named}, and 1 more`);
    expect(assessAppServers(many(25)).message).toBe(`No app-server worker is ready: ${named}, and 15 more`);
  });
});
