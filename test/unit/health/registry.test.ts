import { describe, expect, it } from '@jest/globals';
import '../../fixtures/all-codes.js';
import {
  codeDefinition,
  defineCodes,
  fail,
  healthy,
  isCode,
  isStatus,
  registry,
  runbookOf,
  warn,
  worst,
  type Code,
} from '../../../src/modules/health/index.js';

const all = [...registry].map(([code, definition]) => ({ code, ...definition }));

describe('the registry of codes', () => {
  it.each(all)('$code says everything about itself', ({ code, status, message, means, restart, target }) => {
    expect(code).toMatch(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/);
    expect(isStatus(status)).toBe(true);
    expect(['helps', 'useless', 'harmful']).toContain(restart);
    expect(['self', 'worker', 'child']).toContain(target);
    expect(message.length).toBeGreaterThan(10);
    expect(means.length).toBeGreaterThan(10);
  });

  it.each(all)(
    '$code has a public message without hosts, addresses, settings of value, or line breaks',
    ({ message }) => {
      expect(message).not.toMatch(/\n|:\/\/|\d+\.\d+\.\d+\.\d+|localhost|%s|\$\{/);
    },
  );

  it('advises no restart of what is well', () => {
    expect(all.filter(({ status, restart }) => status === 'pass' && restart !== 'useless')).toEqual([]);
  });

  it('speaks of the process that answers, and of nothing else, in what is well', () => {
    expect(all.filter(({ status, target }) => status === 'pass' && target !== 'self')).toEqual([]);
  });

  it('advises a restart of itself only for failures', () => {
    const odd = all.filter(
      ({ restart, target, status }) => restart === 'helps' && target === 'self' && status !== 'fail',
    );
    expect(odd.map(({ code }) => code)).toEqual([]);
  });

  it('has one runbook section for each code: no two share an anchor', () => {
    const anchors = all.map(({ code }) => runbookOf(code as Code));
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it('takes codes of a guest, once, and says of them what is usual', () => {
    const area = { runbook: 'https://wiki.example.com/on-call', target: 'self' } as const;
    const guest = defineCodes(area, {
      'billing.behind': fail('Billing is behind.', 'The ledger is older than an hour.'),
      'billing.even': healthy('Billing is even.'),
      'billing.late': warn('Billing is late.', 'Soon behind.', { restart: 'helps', passesWithinMs: 5000 }),
    });
    expect(guest['billing.behind']).toEqual({
      status: 'fail',
      message: 'Billing is behind.',
      means: 'The ledger is older than an hour.',
      restart: 'useless',
      passesWithinMs: 0,
      ...area,
    });
    expect(guest['billing.late']).toMatchObject({ status: 'warn', restart: 'helps', passesWithinMs: 5000 });
    expect(guest['billing.even']).toMatchObject({ status: 'pass', means: 'Billing is even.' });
    expect(runbookOf('billing.behind' as Code)).toBe('https://wiki.example.com/on-call#billingbehind');
    expect(() => defineCodes(area, { 'billing.even': healthy('Again.') })).toThrow('billing.even');
    expect(() => defineCodes(area, { 'check.up': healthy('Taken.') })).toThrow('check.up');
  });

  it('knows its own codes and no others', () => {
    expect(isCode('check.up')).toBe(true);
    for (const other of ['', 'nope', 'toString', '__proto__', undefined, 7])
      expect(isCode(other)).toBe(false);
    expect(() => codeDefinition('no.such' as Code)).toThrow('no.such');
  });
});

describe('combining statuses', () => {
  it('takes the worst, and a pass of nothing', () => {
    expect(worst([])).toBe('pass');
    expect(worst(['pass', 'warn'])).toBe('warn');
    expect(worst(['fail', 'warn', 'pass'])).toBe('fail');
  });
});
