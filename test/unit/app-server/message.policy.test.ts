import { describe, expect, it } from '@jest/globals';
import { answeredId, readMessage } from '../../../src/modules/app-server/rpc/message.policy.js';

describe('a line of the peer', () => {
  it('is a result, with or without a jsonrpc member', () => {
    const result = { kind: 'result', id: 1, result: { ok: true } };
    expect(readMessage('{"id":1,"result":{"ok":true}}')).toEqual(result);
    expect(readMessage('{"jsonrpc":"2.0","id":1,"result":{"ok":true}}')).toEqual(result);
  });

  it('is a result although it is null', () => {
    expect(readMessage('{"id":1,"result":null}')).toEqual({ kind: 'result', id: 1, result: null });
  });

  it('is an error with its code', () => {
    expect(readMessage('{"error":{"code":-32001,"message":"overloaded"},"id":9}')).toEqual({
      kind: 'error',
      id: 9,
      code: -32001,
      message: 'overloaded',
    });
  });

  it('is an error although it says nothing sensible', () => {
    expect(readMessage('{"id":9,"error":true}')).toMatchObject({ kind: 'error', id: 9, code: 0 });
  });

  it('is a request when it has a method and an id, a notification without an id', () => {
    expect(readMessage('{"id":"a","method":"m","params":1}')).toEqual({
      kind: 'request',
      id: 'a',
      method: 'm',
      params: 1,
    });
    expect(readMessage('{"method":"m"}')).toEqual({ kind: 'notification', method: 'm', params: undefined });
  });

  it.each([
    '',
    'garbage',
    '{"id":',
    '[]',
    '7',
    'null',
    '{}',
    '{"id":1}',
    '{"id":{},"method":"m"}',
    '{"id":[]}',
  ])('is malformed when it is %j', (line) => {
    expect(readMessage(line).kind).toBe('malformed');
  });
});

describe('the id of an answer of which only the ends are known', () => {
  it('is at the head of a result', () => {
    expect(answeredId('{"id":8,"result":{"data":[{"x":1', '}]}}')).toBe(8);
    expect(answeredId('{"jsonrpc":"2.0","id":8,"result":{', '}}')).toBe(8);
  });

  it('is at the tail of an error', () => {
    expect(answeredId('{"error":{"code":1,"message":"aaa', 'aaa"},"id":12}')).toBe(12);
  });

  it('is not taken from inside of a message', () => {
    expect(answeredId('{"result":{"id":8,', '"x":{"id":9}}}')).toBeNull();
    expect(answeredId('{"method":"m","params":{', '},"id":3}')).toBeNull();
  });
});
