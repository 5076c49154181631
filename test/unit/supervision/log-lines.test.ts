import { describe, expect, it, jest } from '@jest/globals';
import { LogLines, type LogLinesOptions } from '../../../src/modules/supervision/process/log-lines.js';

function setup(options: Partial<LogLinesOptions> = {}) {
  const lines: string[] = [];
  const dropped: number[] = [];
  const time = { now: 0 };
  const log = new LogLines(
    { maxLineBytes: 10, maxLinesPerSecond: 3, redact: (line) => line, clock: () => time.now, ...options },
    { line: (stream, text) => lines.push(`${stream}: ${text}`), dropped: (count) => dropped.push(count) },
  );
  return { log, lines, dropped, time };
}

describe('log lines', () => {
  it('joins chunks to lines, apart by stream', () => {
    const { log, lines } = setup({ maxLinesPerSecond: 9 });
    log.push('stdout', Buffer.from('on'));
    log.push('stderr', Buffer.from('err\r\n'));
    log.push('stdout', Buffer.from('e\ntwo\nthr'));
    expect(lines).toEqual(['stderr: err', 'stdout: one', 'stdout: two']);
    log.close();
    expect(lines.at(-1)).toBe('stdout: thr');
  });

  it('joins a character whose bytes come apart', () => {
    const { log, lines } = setup();
    const bytes = Buffer.from('größe\n');
    for (const byte of bytes) log.push('stdout', Buffer.from([byte]));
    expect(lines).toEqual(['stdout: größe']);
  });

  it('cuts a line at its bound and says by how much', () => {
    const { log, lines } = setup();
    for (let part = 0; part < 5; part += 1) log.push('stdout', Buffer.from('12345678'));
    log.push('stdout', Buffer.from('\n'));
    expect(lines).toEqual(['stdout: 1234567812 … (30 more bytes)']);
  });

  it('drops what is over the rate, and tells how many once a second', () => {
    jest.useFakeTimers();
    try {
      const { log, lines, dropped, time } = setup();
      log.push('stdout', Buffer.from('a\n'.repeat(10)));
      expect(lines).toHaveLength(3);
      expect(dropped).toEqual([]);
      jest.advanceTimersByTime(1_000);
      expect(dropped).toEqual([7]);
      time.now = 1_000;
      log.push('stdout', Buffer.from('b\n'));
      expect(lines.at(-1)).toBe('stdout: b');
    } finally {
      jest.useRealTimers();
    }
  });

  it('tells of dropped lines when it is closed', () => {
    const { log, dropped } = setup();
    log.push('stdout', Buffer.from('a\n'.repeat(5)));
    log.close();
    expect(dropped).toEqual([2]);
  });

  it('redacts each line', () => {
    const { log, lines } = setup({ redact: (line) => line.replaceAll('secret', '***') });
    log.push('stderr', Buffer.from('a secret\n'));
    expect(lines).toEqual(['stderr: a ***']);
  });

  it('takes out a secret that the cut would leave a part of', () => {
    const { log, lines } = setup({ redact: (line) => line.replaceAll('secret', '***') });
    for (const before of ['12345', 'x'.repeat(4_101), 'secret'.repeat(600)]) {
      log.push('stdout', Buffer.from(`${before} secret\n`));
    }
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).not.toContain('secr');
  });
});
