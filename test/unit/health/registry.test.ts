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
type Ill = Extract<(typeof all)[number], { readonly fix: string }>;
const troubles = all.filter((each): each is Ill => each.status !== 'pass');
const codesOf = (kind: string) => troubles.filter((each) => each.kind === kind).map(({ code }) => code);

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

  it.each(troubles)('$code says of what kind it is, and what is done first', (each) => {
    const { kind, firstCommand, fix } = each;
    expect(['incident', 'setup', 'planned']).toContain(kind);
    expect(firstCommand).toMatch(
      /^(time |timeout \d+ )?(curl|redis-cli|psql|pg_isready|node|journalctl) [^\n]*[^\s]$/,
    );
    // One sentence that asks for something.
    expect(fix).toMatch(/^[A-Z][a-z]+,? [^\n]*\.$/);
    expect(fix).not.toMatch(/[.!?] [A-Z]/);
    expect(fix).not.toMatch(/^(The|This|That|A|An|It|Its|No|None|Nothing|If|When|As|Once|See|There)\b/);
    for (const text of [firstCommand, fix]) expect(text).not.toMatch(/\d+\.\d+\.\d+\.\d+|localhost|%s/);
    expect(fix).not.toMatch(/:\/\/|sk-|password[=:]/);
  });

  it('asks with the token of the shell, and holds none itself', () => {
    const bearers = troubles.flatMap(({ firstCommand }) => firstCommand.match(/Bearer [^"]*/g) ?? []);
    expect(bearers.length).toBeGreaterThan(80);
    expect(bearers.filter((each) => !/^Bearer \$(OPS_TOKEN|API_TOKEN|OPENAI_API_KEY)$/.test(each))).toEqual(
      [],
    );
  });

  it('has no advice on what is well', () => {
    const advised = all.filter((each) => each.status === 'pass' && ('kind' in each || 'fix' in each));
    expect(advised).toEqual([]);
  });

  it.each([
    [
      'setup',
      ['redis.eviction_policy', 'queue.not_configured', 'environment.secret_weak', 'llm.key_missing'],
    ],
    ['planned', ['process.starting', 'process.draining', 'queue.paused', 'worker.stopped', 'check.pending']],
    [
      'incident',
      ['redis.unreachable', 'redis.evicting', 'worker.lost', 'worker.different_queue', 'llm.slow'],
    ],
  ])('calls %s what is', (kind, some) => {
    expect(codesOf(kind)).toEqual(expect.arrayContaining(some));
  });

  it('calls neither a set-up nor planned what restarting mends, but for what was stopped', () => {
    const odd = troubles.filter(({ kind, restart }) => kind !== 'incident' && restart === 'helps');
    expect(odd.map(({ code }) => code)).toEqual(['worker.stopped']);
  });

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
    const advice = { firstCommand: 'billing --status', fix: 'Wait for the ledger.' };
    const guest = defineCodes(area, {
      'billing.behind': fail({
        message: 'Billing is behind.',
        means: 'The ledger is older than an hour.',
        ...advice,
      }),
      'billing.even': healthy('Billing is even.'),
      'billing.late': warn({
        message: 'Billing is late.',
        means: 'Soon behind.',
        kind: 'planned',
        restart: 'helps',
        passesWithinMs: 5000,
        ...advice,
      }),
    });
    expect(guest['billing.behind']).toEqual({
      status: 'fail',
      message: 'Billing is behind.',
      means: 'The ledger is older than an hour.',
      kind: 'incident',
      restart: 'useless',
      passesWithinMs: 0,
      ...advice,
      ...area,
    });
    expect(guest['billing.late']).toMatchObject({
      status: 'warn',
      kind: 'planned',
      restart: 'helps',
      passesWithinMs: 5000,
    });
    expect(guest['billing.even']).toEqual({
      status: 'pass',
      message: 'Billing is even.',
      means: 'Billing is even.',
      restart: 'useless',
      passesWithinMs: 0,
      ...area,
    });
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
