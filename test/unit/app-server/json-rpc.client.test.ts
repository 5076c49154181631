import { describe, expect, it } from '@jest/globals';
import { JsonRpcClient } from '../../../src/modules/app-server/rpc/json-rpc.client.js';

type Sent = { id?: number | string; method?: string; params?: unknown; result?: unknown; error?: unknown };

function client(accepts = true) {
  const sent: Sent[] = [];
  const heard: [string, unknown][] = [];
  const oddities: string[] = [];
  const rpc = new JsonRpcClient(
    {
      write: (line) => {
        if (!accepts) return { accepted: false, reason: 'it does not read' };
        sent.push(JSON.parse(line) as Sent);
        return { accepted: true };
      },
    },
    {
      notification: (method, params) => void heard.push([method, params]),
      request: (method) => {
        if (method === 'known') return { decision: 'decline' };
        throw new Error('no such request');
      },
      oddity: (kind) => void oddities.push(kind),
    },
  );
  const says = (message: object | string) =>
    rpc.push(Buffer.from(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`));
  return { rpc, sent, heard, oddities, says };
}

describe('a call', () => {
  it('gets the answer with its id, whatever the order of the answers', async () => {
    const { rpc, sent, says } = client();
    const [one, two] = [rpc.call('one', { a: 1 }, 1000), rpc.call('two', null, 1000)];
    expect(sent).toEqual([
      { id: 1, method: 'one', params: { a: 1 } },
      { id: 2, method: 'two', params: null },
    ]);
    says({ id: 2, result: 'second' });
    says({ id: 1, result: 'first' });
    expect(await Promise.all([one, two])).toEqual(['first', 'second']);
  });

  it('fails with the code of an error', async () => {
    const { rpc, says } = client();
    const call = rpc.call('m', null, 1000);
    says({ id: 1, error: { code: -32001, message: 'overloaded' } });
    await expect(call).rejects.toMatchObject({ kind: 'answered', rpcCode: -32001, message: 'overloaded' });
  });

  it('fails when it is not answered in time, and its late answer is dropped', async () => {
    const { rpc, says, oddities } = client();
    await expect(rpc.call('m', null, 20)).rejects.toMatchObject({ kind: 'timeout' });
    says({ id: 1, result: 'late' });
    expect(oddities).toEqual(['unexpected_answer']);
  });

  it('takes the first of two answers', async () => {
    const { rpc, says, oddities } = client();
    const call = rpc.call('m', null, 1000);
    says({ id: 1, result: 'first' });
    says({ id: 1, result: 'second' });
    expect(await call).toBe('first');
    expect(oddities).toEqual(['unexpected_answer']);
  });

  it('fails at once when the peer does not read', async () => {
    const { rpc } = client(false);
    await expect(rpc.call('m', null, 1000)).rejects.toMatchObject({ kind: 'not_sent' });
  });

  it('fails at once when the peer ends, and so does every later one', async () => {
    const { rpc } = client();
    const call = rpc.call('m', null, 10_000);
    rpc.close('it exited with code 1');
    await expect(call).rejects.toMatchObject({ kind: 'closed', message: 'it exited with code 1' });
    await expect(rpc.call('m', null, 1000)).rejects.toMatchObject({ kind: 'closed' });
    expect(() => rpc.notify('n')).toThrow('it exited with code 1');
  });

  it('fails at once when its answer is too long to be taken', async () => {
    const { rpc, says, oddities } = client();
    const call = rpc.call('m', null, 10_000);
    says(`{"id":1,"result":"${'x'.repeat(17 * 1024 * 1024)}"}`);
    await expect(call).rejects.toMatchObject({ kind: 'oversized' });
    expect(oddities).toEqual(['oversized']);
    const next = rpc.call('m', null, 1000);
    says({ id: 2, result: 'as ever' });
    expect(await next).toBe('as ever');
  });
});

describe('what the peer sends unasked', () => {
  it('is told, unless it cannot be understood', () => {
    const { heard, oddities, says } = client();
    says({ method: 'news', params: { x: 1 } });
    says('garbage');
    says({ method: 'more' });
    expect(heard).toEqual([
      ['news', { x: 1 }],
      ['more', undefined],
    ]);
    expect(oddities).toEqual(['malformed']);
  });

  it('is answered when it is a request, known or not', () => {
    const { sent, says } = client();
    says({ id: 'a', method: 'known', params: {} });
    says({ id: 'b', method: 'unknown', params: {} });
    expect(sent).toEqual([
      { id: 'a', result: { decision: 'decline' } },
      { id: 'b', error: { code: -32601, message: 'no such request' } },
    ]);
  });
});
