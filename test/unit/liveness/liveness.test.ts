import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Liveness, livezAnswer } from '../../../src/modules/liveness/index.js';

describe('liveness', () => {
  it('is alive since its start when nothing vetoes it', () => {
    expect(new Liveness(100).read(500)).toEqual({ live: true, reason: null, since: 100 });
  });

  it('is dead while a veto says so, since the first read that saw it', () => {
    const liveness = new Liveness(0);
    let reason: string | null = null;
    liveness.add(() => reason);
    reason = 'worker.wedged';
    expect(liveness.read(10)).toEqual({ live: false, reason: 'worker.wedged', since: 10 });
    expect(liveness.read(20).since).toBe(10);
    reason = null;
    expect(liveness.read(30)).toEqual({ live: true, reason: null, since: 30 });
  });

  it('gives the reason of the first veto, and forgets one that is taken away', () => {
    const liveness = new Liveness(0);
    const remove = liveness.add(() => 'first');
    liveness.add(() => 'second');
    expect(liveness.read(1).reason).toBe('first');
    remove();
    expect(liveness.read(2).reason).toBe('second');
  });

  it('is not broken by a veto that throws: what cannot tell does not count towards a restart', () => {
    const liveness = new Liveness(0);
    liveness.add(() => {
      throw new Error('defect');
    });
    expect(liveness.read(1).live).toBe(true);
    liveness.add(() => 'worker.wedged');
    expect(liveness.read(2).reason).toBe('worker.wedged');
  });
});

describe('the answer of GET /livez', () => {
  it('has exactly the fields of the contract', () => {
    const { statusCode, body } = livezAnswer({ live: true, reason: null, since: 0 }, 2500.4, 3500);
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toEqual({
      status: 'alive',
      live: true,
      reason: null,
      since: '1970-01-01T00:00:00.000Z',
      uptimeMs: 2500,
      timestamp: '1970-01-01T00:00:03.500Z',
    });
  });

  it('is 503 when vetoed, and says why', () => {
    const { statusCode, body } = livezAnswer({ live: false, reason: 'worker.wedged', since: 0 }, 0, 1);
    expect(statusCode).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ status: 'dead', live: false, reason: 'worker.wedged' });
  });
});

describe('src/modules/liveness', () => {
  it('imports nothing outside itself: no settings, no driver, no library', () => {
    const folder = new URL('../../../src/modules/liveness/', import.meta.url);
    const files = readdirSync(folder);
    const imports = files.flatMap((file) =>
      [
        ...readFileSync(new URL(file, folder), 'utf8').matchAll(
          /\bfrom\s+'([^']+)'|\bimport\s*\(?\s*'([^']+)'|\brequire\s*\(\s*'([^']+)'/g,
        ),
      ].map((match) => match[1] ?? match[2] ?? match[3]),
    );
    expect(files.length).toBeGreaterThan(1);
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((name) => !/^\.\/[a-z-]+\.js$/.test(name ?? ''))).toEqual([]);
  });
});
