import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/index.js';
import { assessEventLoop } from '../../../src/modules/environment/event-loop.assess.js';
import {
  assessEvm,
  type ChainState,
  type EvmOutcome,
} from '../../../src/modules/environment/evm-rpc.assess.js';
import { assessMemory } from '../../../src/modules/environment/memory.assess.js';
import { assessSettings } from '../../../src/modules/environment/settings.assess.js';

describe('the settings', () => {
  const assess = (environment: Record<string, string>) => {
    const { settings, problems } = parseSettings(environment);
    return assessSettings({
      problems,
      nodeEnv: settings.NODE_ENV,
      production: settings.production,
      opsTokenSet: settings.OPS_TOKEN !== undefined,
      apiTokenSet: settings.API_TOKEN !== undefined,
    });
  };
  const valid = {
    NODE_ENV: 'production',
    AUTH_SECRET: 'a-long-random-secret-0451',
    OPS_TOKEN: 'ops-8f1c2d3e4b5a69',
    API_TOKEN: 'api-0a9b8c7d6e5f41',
  };

  it.each(['production', 'development', 'test'])('pass in NODE_ENV=%s when they are valid', (NODE_ENV) => {
    expect(assess({ ...valid, NODE_ENV }).code).toBe('environment.valid');
  });

  it.each([
    [{ AUTH_SECRET: '' }, 'environment.setting_missing', 'AUTH_SECRET'],
    [{ AUTH_SECRET: 'changeme' }, 'environment.secret_weak', 'AUTH_SECRET'],
    [{ PORT: 'eighty' }, 'environment.setting_invalid', 'PORT'],
    [{ LITELLM_BASE_URL: 'http://h' }, 'environment.setting_missing', 'LITELLM_MASTER_KEY'],
    [{ OPS_TOKEN: '' }, 'environment.ops_token_missing', 'OPS_TOKEN'],
    [{ API_TOKEN: '' }, 'environment.api_token_missing', 'API_TOKEN'],
    [{ API_TOKEN: 'a' }, 'environment.token_weak', 'API_TOKEN'],
    [{ API_TOKEN: 'changeme' }, 'environment.token_weak', 'API_TOKEN'],
    [{ API_TOKEN: 'aaaaaaaaaaaaaaaaaaaaaaaa' }, 'environment.token_weak', 'API_TOKEN'],
    [{ API_TOKEN: 'one two three four five' }, 'environment.token_weak', 'API_TOKEN'],
    [{ API_TOKEN: 'ops-8f1c2d3e4b5a69' }, 'environment.token_weak', 'OPS_TOKEN'],
    [{ OPS_TOKEN: 'secret' }, 'environment.token_weak', 'OPS_TOKEN'],
    [{ NODE_ENV: '' }, 'environment.node_env_assumed', 'NODE_ENV'],
    [{ NODE_ENV: 'staging' }, 'environment.node_env_assumed', 'NODE_ENV'],
  ])('with %j are %s, by name', (change, code, name) => {
    const assessed = assess({ ...valid, ...(change as Record<string, string>) });
    expect(assessed.code).toBe(code);
    expect(assessed.message).toContain(name);
  });

  it('need no OPS_TOKEN in development', () => {
    expect(assess({ ...valid, NODE_ENV: 'development', OPS_TOKEN: '' }).code).toBe('environment.valid');
  });

  it('tell everything that is wrong in one line, the gravest first, and no value', () => {
    const { code, message } = assess({ PORT: 'eighty-eight', LOG_LEVEL: 'loudest', OPS_TOKEN: '' });
    expect(code).toBe('environment.setting_missing');
    expect(message).not.toContain('\n');
    const order = ['AUTH_SECRET', 'PORT', 'LOG_LEVEL', 'NODE_ENV', 'OPS_TOKEN'].map((name) =>
      message.indexOf(name),
    );
    expect(order.every((index) => index >= 0)).toBe(true);
    expect([...order].sort((a, b) => a - b)).toEqual(order);
    for (const value of ['eighty-eight', 'loudest']) expect(message).not.toContain(value);
  });
});

describe('memory', () => {
  const code = (heap: number, container?: number) =>
    assessMemory([
      { name: 'heap', used: heap, limit: 1000 },
      ...(container === undefined ? [] : [{ name: 'container' as const, used: container, limit: 1000 }]),
    ]).code;

  it.each([
    [849, undefined, 'memory.ok'],
    [850, undefined, 'memory.high'],
    [949, undefined, 'memory.high'],
    [950, undefined, 'memory.critical'],
    [100, 850, 'memory.high'],
    [100, 999, 'memory.critical'],
    [960, 100, 'memory.critical'],
  ])('heap %s, container %s of 1000 is %s: the tightest limit decides', (heap, container, expected) => {
    expect(code(heap, container)).toBe(expected);
  });

  it('is well when no limit is known', () => {
    expect(assessMemory([]).code).toBe('memory.ok');
    expect(assessMemory([{ name: 'heap', used: 1, limit: 0 }]).code).toBe('memory.ok');
  });
});

describe('the event loop', () => {
  const quiet = { p99Ms: 2, maxMs: 10, utilization: 0.1 };

  it.each([
    [quiet, quiet, 'event_loop.responsive'],
    [quiet, { ...quiet, maxMs: 999 }, 'event_loop.responsive'],
    [quiet, { ...quiet, p99Ms: 900, maxMs: 900 }, 'event_loop.responsive'],
    [{ ...quiet, p99Ms: 250 }, { ...quiet, p99Ms: 250 }, 'event_loop.slow'],
    [quiet, { ...quiet, p99Ms: 1200, maxMs: 1200 }, 'event_loop.slow'],
    [{ ...quiet, maxMs: 1000 }, { ...quiet, maxMs: 1000 }, 'event_loop.blocked'],
    [quiet, { ...quiet, maxMs: 5000 }, 'event_loop.blocked'],
    [{ ...quiet, maxMs: 9000 }, quiet, 'event_loop.responsive'],
  ])('after %j with %j is %s', (before, newest, expected) => {
    expect(assessEventLoop([before, newest]).code).toBe(expected);
  });

  it('is saturated only when every window is: bursts are healthy', () => {
    const busy = { ...quiet, utilization: 0.99 };
    expect(assessEventLoop([busy]).code).toBe('event_loop.responsive');
    expect(assessEventLoop([busy, quiet, busy]).code).toBe('event_loop.responsive');
    expect(assessEventLoop([busy, busy, busy]).code).toBe('event_loop.slow');
  });

  it('is well before anything was measured', () => {
    expect(assessEventLoop([]).code).toBe('event_loop.responsive');
  });
});

describe('the EVM RPC endpoint', () => {
  const replied = (body: unknown, status = 200): EvmOutcome => ({ kind: 'replied', status, body });
  const assess = (outcome: EvmOutcome, chain: ChainState | null = null, now = 0) =>
    assessEvm(outcome, chain, now);

  it.each<[EvmOutcome, string]>([
    [{ kind: 'unreachable', errorCode: 'ECONNREFUSED' }, 'evm_rpc.unreachable'],
    [{ kind: 'silent' }, 'evm_rpc.timeout'],
    [replied({ result: '0x10' }), 'evm_rpc.ok'],
    [replied({}, 401), 'evm_rpc.unauthorized'],
    [replied({}, 403), 'evm_rpc.unauthorized'],
    [replied({}, 429), 'evm_rpc.rate_limited'],
    [replied({ error: { code: -32005, message: 'limit' } }), 'evm_rpc.rate_limited'],
    [replied({ error: { code: -32000, message: 'header not found' } }), 'evm_rpc.rpc_error'],
    [replied({ error: { code: -32601 } }, 400), 'evm_rpc.rpc_error'],
    [replied(undefined, 502), 'evm_rpc.http_error'],
    [replied(undefined), 'evm_rpc.malformed'],
    [replied({ result: 'sixteen' }), 'evm_rpc.malformed'],
    [replied({ result: 16 }), 'evm_rpc.malformed'],
    [replied({ result: '0x' }), 'evm_rpc.malformed'],
    [replied([]), 'evm_rpc.malformed'],
  ])('%j is %s', (outcome, code) => {
    expect(assess(outcome).code).toBe(code);
  });

  it('whose chain shows no new block for five minutes is stalled, until it does', () => {
    const first = assess(replied({ result: '0x10' }), null, 0);
    const later = assess(replied({ result: '0x10' }), first.chain, 299_999);
    expect(later.code).toBe('evm_rpc.ok');
    const stalled = assess(replied({ result: '0xf' }), later.chain, 300_000);
    expect(stalled.code).toBe('evm_rpc.stalled');
    expect(assess(replied({ result: '0x11' }), stalled.chain, 300_001).code).toBe('evm_rpc.ok');
  });

  it('that failed in between keeps what is known of its chain', () => {
    const first = assess(replied({ result: '0x10' }), null, 0);
    const failed = assess({ kind: 'silent' }, first.chain, 1000);
    expect(failed.chain).toEqual({ height: 16n, since: 0 });
  });
});
