import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { NestLogger, serializeError } from '../../../src/bootstrap/logging.js';

describe('an error in the log', () => {
  const driver = () =>
    Object.assign(new Error('invalid input syntax for type json: "s3cret"'), {
      code: '22P02',
      severity: 'ERROR',
      table: 'executions',
      detail: 's3cret',
      where: 's3cret',
    });

  it.each([
    ['itself', driver()],
    ['a cause', new Error('not now', { cause: new Error('again', { cause: driver() }) })],
    ['one of several', new AggregateError([new Error('first'), driver()], 'all failed')],
  ])('shows no value of a row when the driver is %s', (_, error) => {
    const line = JSON.stringify(serializeError(error));
    expect(line).not.toContain('s3cret');
    expect(line).toContain('22P02');
  });

  it('shows none in the line that Nest writes of it either', () => {
    const lines: unknown[] = [];
    const logger = pino({ base: null }, { write: (line: string) => lines.push(line) });
    new NestLogger(logger).error(driver(), 'Http');
    expect(lines).toHaveLength(1);
    expect(String(lines[0])).toContain('22P02');
    expect(String(lines[0])).not.toContain('s3cret');
  });

  it('may be anything', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(() => JSON.stringify(serializeError(circular))).not.toThrow();
    expect(serializeError('text')).toBe('text');
  });
});
