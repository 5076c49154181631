import { describe, expect, it } from '@jest/globals';
import { LineFramer } from '../../../src/modules/app-server/rpc/line-framer.js';

function framer(limit = 1024) {
  const lines: string[] = [];
  const oversized: { head: string; tail: string; bytes: number }[] = [];
  const framer = new LineFramer(limit, {
    line: (text) => void lines.push(text),
    oversized: (head, tail, bytes) => void oversized.push({ head, tail, bytes }),
  });
  const push = (bytes: string | Buffer) =>
    framer.push(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  return { lines, oversized, push };
}

describe('a stream of lines', () => {
  it('is cut at newlines, wherever the chunks begin and end', () => {
    const { lines, push } = framer();
    for (const chunk of ['{"a"', ':1}\n{"b":2}\n{"', 'c":3', '}\n']) push(chunk);
    expect(lines).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });

  it('keeps characters together that a chunk tears apart', () => {
    const { lines, push } = framer();
    const bytes = Buffer.from('{"said":"größer 🙂"}\n');
    for (const byte of bytes) push(Buffer.from([byte]));
    expect(lines).toEqual(['{"said":"größer 🙂"}']);
  });

  it('leaves out empty lines and carriage returns', () => {
    const { lines, push } = framer();
    push('\n\r\n{"a":1}\r\n\n');
    expect(lines).toEqual(['{"a":1}']);
  });

  it('takes a line of just the limit and throws away one of a byte more, with both its ends told', () => {
    const { lines, oversized, push } = framer(1000);
    push(`${'x'.repeat(1000)}\n`);
    push(`{"id":7,${'y'.repeat(2000)}"end"}\n{"after":true}\n`);
    expect(lines).toEqual(['x'.repeat(1000), '{"after":true}']);
    expect(oversized).toHaveLength(1);
    expect(oversized[0]).toMatchObject({
      bytes: 2014,
      head: expect.stringMatching(/^\{"id":7,y+$/),
      tail: expect.stringMatching(/^y+"end"\}$/),
    });
  });

  it('tells the ends of a line that comes in many pieces', () => {
    const { oversized, push } = framer(100);
    push('{"error":{"message":"');
    for (let i = 0; i < 500; i++) push('zzzzzzzzzz');
    push('"},"id":12}');
    push('\n');
    expect(oversized[0]?.head).toMatch(/^\{"error":\{"message":"z+$/);
    expect(oversized[0]?.tail).toMatch(/z"\},"id":12\}$/);
  });

  it('holds next to nothing of a line of 50 MB', () => {
    const { oversized, push } = framer(1024 * 1024);
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    for (let i = 0; i < 800; i++) {
      push(chunk);
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    push('\n');
    expect(oversized[0]?.bytes).toBe(800 * 64 * 1024);
    expect(peak).toBeLessThan(30 * 1024 * 1024);
  });
});
