import { describe, expect, it } from '@jest/globals';
import {
  assessEvm,
  type ChainState,
  type EvmOutcome,
} from '../../../src/modules/environment/evm-rpc.assess.js';

const replied = (body: unknown, status = 200): EvmOutcome => ({ kind: 'replied', status, body });
const block = (result: string) => replied({ result });
const assess = (outcome: EvmOutcome, chain: ChainState | null = null, now = 0) =>
  assessEvm(outcome, chain, now);
const digits = (count: number) => `0x${'1'.repeat(count)}`;

describe('the EVM RPC endpoint', () => {
  it.each<[EvmOutcome, string, string]>([
    [
      { kind: 'unreachable', errorCode: 'ECONNREFUSED' },
      'evm_rpc.unreachable',
      'cannot be reached (ECONNREFUSED); check EVM_RPC_URL',
    ],
    [
      { kind: 'unreachable', errorCode: undefined },
      'evm_rpc.unreachable',
      'cannot be reached (no reason given); check EVM_RPC_URL',
    ],
    [{ kind: 'silent' }, 'evm_rpc.timeout', 'did not answer eth_blockNumber within 3 s'],
    [block('0x10'), 'evm_rpc.ok', 'answers; its chain is at block 16'],
    [replied({}, 401), 'evm_rpc.unauthorized', 'answered 401; check the key in EVM_RPC_URL'],
    [replied({}, 403), 'evm_rpc.unauthorized', 'answered 403; check the key in EVM_RPC_URL'],
    [
      replied({ error: { code: 1 } }, 401),
      'evm_rpc.unauthorized',
      'answered 401; check the key in EVM_RPC_URL',
    ],
    [replied({}, 429), 'evm_rpc.rate_limited', 'answered 429: too many requests'],
    [
      replied({ error: { code: -32005 } }),
      'evm_rpc.rate_limited',
      'refused eth_blockNumber with the JSON-RPC error -32005',
    ],
    [
      replied({ error: { code: -32000 } }),
      'evm_rpc.rpc_error',
      'refused eth_blockNumber with the JSON-RPC error -32000',
    ],
    [
      replied({ error: { code: 32005 } }),
      'evm_rpc.rpc_error',
      'refused eth_blockNumber with the JSON-RPC error 32005',
    ],
    [
      replied({ error: { code: -32601 } }, 400),
      'evm_rpc.rpc_error',
      'refused eth_blockNumber with the JSON-RPC error -32601',
    ],
    [
      replied({ error: { code: '-32005' } }),
      'evm_rpc.rpc_error',
      'refused eth_blockNumber with the JSON-RPC error without a code',
    ],
    [
      replied({ error: 'no' }),
      'evm_rpc.rpc_error',
      'refused eth_blockNumber with the JSON-RPC error without a code',
    ],
    [
      replied({ error: {}, result: '0x10' }),
      'evm_rpc.rpc_error',
      'refused eth_blockNumber with the JSON-RPC error without a code',
    ],
    [replied({ error: null, result: '0x10' }), 'evm_rpc.ok', 'answers; its chain is at block 16'],
    [replied({ result: '0x10' }, 201), 'evm_rpc.http_error', 'answered 201'],
    [replied(undefined, 502), 'evm_rpc.http_error', 'answered 502'],
  ])('for %j is %s and %s', (outcome, code, said) => {
    expect(assess(outcome)).toMatchObject({ code, message: `The EVM RPC endpoint ${said}` });
  });

  it.each([
    undefined,
    null,
    '0x10',
    [],
    {},
    { result: 16 },
    { result: ['0x10'] },
    { result: 'sixteen' },
    { result: '16' },
    { result: '0x' },
    { result: '0x1g' },
    { result: ' 0x10' },
    { result: '0x10 ' },
    { result: digits(65) },
  ])('that answers %j names no block', (body) => {
    expect(assess(replied(body))).toEqual({
      code: 'evm_rpc.malformed',
      message: 'The EVM RPC endpoint answered with no block number; check EVM_RPC_URL',
      chain: null,
    });
  });

  it.each([
    ['0x0', 0n],
    ['0xfF', 255n],
    ['0XaF', 175n],
    [digits(64), BigInt(digits(64))],
  ])('that answers %s is at that block, however large', (result, height) => {
    expect(assess(block(result), null, 7)).toMatchObject({
      code: 'evm_rpc.ok',
      chain: { height, since: 7 },
    });
  });

  it('whose chain shows no new block for five minutes is stalled, until it does', () => {
    const first = assess(block('0x10'), null, 1000);
    const later = assess(block('0x10'), first.chain, 300_999);
    expect(later).toMatchObject({ code: 'evm_rpc.ok', chain: { height: 16n, since: 1000 } });
    const stalled = assess(block('0x10'), later.chain, 301_000);
    expect(stalled).toEqual({
      code: 'evm_rpc.stalled',
      message: 'No block after 16 for 300 s',
      chain: { height: 16n, since: 1000 },
    });
    expect(assess(block('0x11'), stalled.chain, 301_001)).toMatchObject({
      code: 'evm_rpc.ok',
      chain: { height: 17n, since: 301_001 },
    });
  });

  it('that goes back behind what it said shows no new block', () => {
    const chain = { height: 16n, since: 0 };
    expect(assess(block('0xf'), chain, 299_999)).toEqual({
      code: 'evm_rpc.ok',
      message: 'The EVM RPC endpoint answers; its chain is at block 15',
      chain,
    });
    expect(assess(block('0xf'), chain, 600_400)).toEqual({
      code: 'evm_rpc.stalled',
      message: 'No block after 16 for 600 s',
      chain,
    });
    expect(assess(block('0xf'), chain, 600_600).message).toBe('No block after 16 for 601 s');
  });

  it.each<[EvmOutcome]>([
    [{ kind: 'silent' }],
    [{ kind: 'unreachable', errorCode: undefined }],
    [replied({}, 401)],
    [replied({}, 429)],
    [replied({ error: { code: -32000 } })],
    [replied({}, 500)],
    [replied({ result: 'sixteen' })],
  ])('that failed with %j keeps what is known of its chain', (outcome) => {
    const chain = { height: 16n, since: 0 };
    expect(assess(outcome, chain, 900_000).chain).toBe(chain);
  });
});
