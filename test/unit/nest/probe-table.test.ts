import { describe, expect, it } from '@jest/globals';
import { probeTable } from '../../../src/nest/probe-table.js';

describe('the paths of the probes', () => {
  it('are those of every process and of the platform, unless they are named', () => {
    expect(probeTable(undefined)).toEqual({
      paths: {
        '/livez': 'livez',
        '/readyz': 'readyz',
        '/healthz': 'healthz',
        '/api/production/ready': 'ready',
        '/api/production/queue/heartbeat': 'heartbeat',
        '/api/production/health': 'health',
      },
      oneCheck: '/readyz/',
    });
    expect(probeTable({ readyz: '/ops/up/', production: '/ops', healthz: false, livez: false })).toEqual({
      paths: {
        '/ops/up': 'readyz',
        '/ops/ready': 'ready',
        '/ops/queue/heartbeat': 'heartbeat',
        '/ops/health': 'health',
      },
      oneCheck: '/ops/up/',
    });
  });

  it('are none where none are wanted', () => {
    expect(probeTable(false)).toEqual({ paths: {}, oneCheck: null });
    expect(probeTable({ readyz: false }).oneCheck).toBeNull();
  });
});
