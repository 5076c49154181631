import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { keepBusy } from '../../fixtures/busy.js';
import { eventually } from '../../fixtures/eventually.js';
import { withDeadline, withOwnTime } from '../../../src/modules/kernel/index.js';

const block = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

describe('work with a deadline', () => {
  it('answers with its value', async () => {
    expect(await withDeadline(1000, () => Promise.resolve(7))).toEqual({ kind: 'answered', value: 7 });
  });

  it('answers with what it threw, synchronously or not', async () => {
    const error = new Error('no');
    expect(await withDeadline(1000, () => Promise.reject(error))).toEqual({ kind: 'threw', error });
    const thrower = () => {
      throw error;
    };
    expect(await withDeadline(1000, thrower)).toEqual({ kind: 'threw', error });
  });

  it('is cut off at its deadline and told by its signal', async () => {
    let signal: AbortSignal | undefined;
    const outcome = await withDeadline(20, (given) => {
      signal = given;
      return new Promise(() => undefined);
    });
    expect(outcome).toEqual({ kind: 'timed-out' });
    expect(signal?.aborted).toBe(true);
    expect(String(signal?.reason)).toContain('20 ms');
  });

  it('is not aborted when it ended in time', async () => {
    let signal: AbortSignal | undefined;
    await withDeadline(10, (given) => {
      signal = given;
      return Promise.resolve();
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(signal?.aborted).toBe(false);
  });

  it('that fails after its deadline leaves no unhandled rejection', async () => {
    const outcome = await withDeadline(
      10,
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut')))),
    );
    expect(outcome.kind).toBe('timed-out');
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('keeps an answer that had arrived while the event loop was blocked past the deadline', async () => {
    const server = createServer((socket) => socket.end('answer'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const outcome = await withDeadline(50, () => {
      const answered = new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('data', (data) => resolve(String(data))).once('error', reject);
      });
      // The server is in this process as well: it may accept and answer, and only then the loop blocks.
      server.once('connection', () => setImmediate(() => block(400)));
      return answered;
    });
    server.close();
    expect(outcome).toEqual({ kind: 'answered', value: 'answer' });
  });

  it('still times out when the loop was blocked and no answer had come', async () => {
    const outcome = await withDeadline(50, () => {
      setImmediate(() => block(400));
      return new Promise(() => undefined);
    });
    expect(outcome).toEqual({ kind: 'timed-out' });
  });
});

describe('the own time of a process', () => {
  /** An answer that needs so many turns of the event loop. */
  const turns = async (count: number) => {
    for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setTimeout(resolve, 1));
    return 'answer';
  };

  it('is what a question may take, so that a busy process still hears the answer', async () => {
    const rest = keepBusy(90);
    const impatient = await withDeadline(500, () => turns(8));
    // Where many others want the core as well, it may take more than twice as long now and then.
    const patient = await eventually(async () => {
      const outcome = await withOwnTime(500, () => turns(8));
      return outcome.kind === 'answered' && outcome;
    });
    rest();
    expect([impatient, patient]).toEqual([{ kind: 'timed-out' }, { kind: 'answered', value: 'answer' }]);
  });

  it('is twice the deadline at most, however busy the process is', async () => {
    // Late by nine tenths of the time: without an end to it, it would be ten times the deadline.
    const rest = keepBusy(300);
    const startedAt = performance.now();
    let reason = '';
    let turnsTaken = 0;
    const count = () => {
      turnsTaken += 1;
      if (reason === '') setImmediate(count);
    };
    count();
    const outcome = await withOwnTime(600, (signal) => {
      signal.addEventListener('abort', () => (reason = String(signal.reason)));
      return new Promise(() => undefined);
    });
    const tookMs = performance.now() - startedAt;
    rest();
    expect(outcome).toEqual({ kind: 'timed-out' });
    expect(reason).toContain('600 ms');
    expect(tookMs).toBeGreaterThan(800);
    expect(turnsTaken).toBeLessThan(12);
  });
});
