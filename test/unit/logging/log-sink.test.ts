import { describe, expect, it } from '@jest/globals';
import { crowd, eventually } from '../../fixtures/eventually.js';
import { LogSink, type Gap } from '../../../src/modules/logging/index.js';

/** Takes what it is allowed to, and fails like a full disk or a full pipe beyond that. */
class Target {
  text = '';
  room = Infinity;
  code = 'EAGAIN';
  writes = 0;

  readonly write = (bytes: Buffer): number => {
    this.writes += 1;
    if (this.room === 0) throw Object.assign(new Error('no room'), { code: this.code });
    const taken = bytes.subarray(0, this.room);
    this.room -= taken.length;
    this.text += taken.toString();
    return taken.length;
  };
}

const LINE = `${'x'.repeat(999)}\n`;

function sinkTo(target: Target): { sink: LogSink; gaps: Gap[] } {
  const gaps: Gap[] = [];
  const sink = new LogSink(target.write);
  sink.tellGap((gap) => {
    gaps.push(gap);
    sink.write('a gap\n');
  });
  return { sink, gaps };
}

describe('a sink for lines', () => {
  it('writes each line at once, as long as there is room', () => {
    const target = new Target();
    const { sink } = sinkTo(target);
    sink.write('one\n');
    expect(target.text).toBe('one\n');
    sink.write('two\n');
    expect(target.text).toBe('one\ntwo\n');
    expect(sink.state()).toMatchObject({ heldLines: 0, heldBytes: 0, waitsMs: null, droppedLines: 0 });
  });

  it.each(['EAGAIN', 'ENOSPC', 'EPIPE', 'EIO'])(
    'holds lines during %s, and writes them later',
    async (code) => {
      const target = new Target();
      const { sink } = sinkTo(target);
      Object.assign(target, { code, room: 0 });
      sink.write('one\n');
      sink.write('two\n');
      expect(sink.state()).toMatchObject({ heldLines: 2, heldBytes: 8, failure: code });
      expect(sink.state().waitsMs).toBeGreaterThanOrEqual(0);
      target.room = Infinity;
      await eventually(() => target.text === 'one\ntwo\n');
      expect(sink.state()).toMatchObject({ heldLines: 0, failure: null, waitsMs: null });
    },
  );

  it('finishes a line that was written in part, before anything else', async () => {
    const target = new Target();
    const { sink } = sinkTo(target);
    target.room = 3;
    sink.write('abcdef\n');
    sink.write('next\n');
    expect(target.text).toBe('abc');
    target.room = Infinity;
    await eventually(() => target.text === 'abcdef\nnext\n');
  });

  it('holds a megabyte and no more; what is dropped is counted, and told where it is missing', async () => {
    const target = new Target();
    const { sink, gaps } = sinkTo(target);
    target.room = 0;
    for (let count = 0; count < 3000; count++) sink.write(LINE);
    const { heldBytes, heldLines, droppedLines, lastDropMs } = sink.state();
    expect(heldBytes).toBeLessThanOrEqual(1024 * 1024);
    expect(heldLines + droppedLines).toBe(3000);
    expect(lastDropMs).toBeGreaterThanOrEqual(0);
    expect(gaps).toEqual([]);
    target.room = Infinity;
    await eventually(() => sink.state().heldLines === 0);
    expect(gaps).toEqual([{ droppedLines, failure: 'EAGAIN', lastedMs: expect.any(Number) }]);
    expect(target.text).toBe(`${LINE.repeat(heldLines)}a gap\n`);
    sink.write('later\n');
    expect(target.text.endsWith('a gap\nlater\n')).toBe(true);
  });

  it('tells of one gap while its reader is too slow, not of one for each line', async () => {
    const target = new Target();
    const { sink, gaps } = sinkTo(target);
    target.room = 0;
    for (let count = 0; count < 1100; count++) sink.write(LINE);
    // The reader takes a little, and more comes than it takes.
    for (let round = 0; round < 20; round++) {
      target.room = 3000;
      sink.flush(0);
      for (let count = 0; count < 5; count++) sink.write(LINE);
    }
    expect(gaps).toEqual([]);
    expect(sink.state().droppedLines).toBeGreaterThan(100);
    target.room = Infinity;
    await eventually(() => sink.state().heldLines === 0);
    expect(gaps).toHaveLength(1);
  });

  it('drops a line that is larger than all it may hold, says so, and goes on', () => {
    const target = new Target();
    const { sink, gaps } = sinkTo(target);
    sink.write('x'.repeat(2_000_000));
    sink.write('next\n');
    expect(target.text).toBe('a gap\nnext\n');
    expect(gaps).toEqual([{ droppedLines: 1, failure: null, lastedMs: expect.any(Number) }]);
  });

  it('does not try again at once what has just failed: a full disk is not asked for each line', () => {
    const target = new Target();
    const { sink } = sinkTo(target);
    Object.assign(target, { code: 'ENOSPC', room: 0 });
    for (let count = 0; count < 1000; count++) sink.write('line\n');
    expect(target.writes).toBe(1);
  });

  it('writes its last words, and waits no longer for room than it was told', () => {
    const target = new Target();
    const { sink } = sinkTo(target);
    target.room = 0;
    sink.write('one\n');
    const before = performance.now();
    sink.flush(50);
    expect(performance.now() - before).toBeGreaterThanOrEqual(45);
    expect(performance.now() - before).toBeLessThan(2000 * crowd());
    target.room = Infinity;
    sink.flush(50);
    expect(target.text).toBe('one\n');
  });

  it('throws nothing, whatever is thrown at it', () => {
    const sink = new LogSink(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a foreign stream may do
      throw undefined;
    });
    expect(() => sink.write('line\n')).not.toThrow();
    expect(sink.state().failure).toBe('unknown');
  });
});
