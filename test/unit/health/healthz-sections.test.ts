import { describe, expect, it } from '@jest/globals';
import { HealthzSections, ProbeAnswers, type ProbeReply } from '../../../src/modules/health/index.js';
import { apiWith, service } from '../../fixtures/health.js';

function healthz(sections: HealthzSections, opsToken?: string) {
  const answers = new ProbeAnswers(
    {
      snapshot: () => apiWith(),
      fresh: () => Promise.resolve(apiWith()),
      liveness: () => ({ live: true, reason: null, since: 0 }),
      sample: () => ({ cpuUsage: 0, memoryUsage: {}, activeConnections: 0 }),
      sections: (audience) => sections.read(audience),
    },
    { service, opsToken },
  );
  return () =>
    JSON.parse((answers.answer({ probe: 'healthz' }) as ProbeReply).body) as Record<string, unknown>;
}

describe('what a module adds to /healthz', () => {
  it('is told as it is now, though nothing on the board changed', () => {
    const sections = new HealthzSections();
    let restarts = 0;
    sections.add(() => ({ worker: { restarts: restarts++ } }));
    const ask = healthz(sections);
    expect(ask()).toMatchObject({ worker: { restarts: 0 } });
    expect(ask()).toMatchObject({ worker: { restarts: 1 } });
  });

  it('knows whom it is for', () => {
    const sections = new HealthzSections();
    sections.add((audience) => ({ seenBy: audience }));
    expect(healthz(sections)()).toMatchObject({ seenBy: 'operator' });
    expect(healthz(sections, 'a-token-that-nobody-sent')()).toMatchObject({ seenBy: 'public' });
  });

  it('stands beside what other modules add', () => {
    const sections = new HealthzSections();
    sections.add(() => ({ one: 1 }));
    sections.add(() => ({ two: 2 }));
    expect(healthz(sections)()).toMatchObject({ one: 1, two: 2, checks: expect.anything() });
  });
});
