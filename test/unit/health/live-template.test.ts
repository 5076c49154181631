import { describe, expect, it } from '@jest/globals';
import {
  growing,
  Live,
  render,
  timestamp,
  toTemplate,
} from '../../../src/modules/health/views/live-template.js';

const moment = { now: Date.UTC(2026, 0, 1), mono: 500, startedAt: 490, uptimeMs: 500 };
const read = (value: unknown) => JSON.parse(render(toTemplate(value), moment)) as unknown;

describe('a template', () => {
  it('puts each live value into its own place', () => {
    const took = new Live(({ mono, startedAt }) => mono - startedAt);
    expect(
      read({ a: timestamp, list: [1, took, { b: growing(20, 400) }], z: took, none: new Live(() => null) }),
    ).toEqual({
      a: '2026-01-01T00:00:00.000Z',
      list: [1, 10, { b: 120 }],
      z: 10,
      none: null,
    });
  });

  it('is the same text as JSON where nothing is live', () => {
    const value = { a: 'ü"\\\n', b: [null, 1.5, {}], c: { d: false } };
    expect(render(toTemplate(value), moment)).toBe(JSON.stringify(value));
  });

  it('is not confused by text that looks like its own holes', () => {
    expect(read({ a: 'evil \uE000', b: timestamp, c: '"\uE000"', d: '\uE000' })).toEqual({
      a: 'evil ?',
      b: '2026-01-01T00:00:00.000Z',
      c: '"?"',
      d: '?',
    });
  });

  it('is not confused by names that look like its own holes', () => {
    expect(read({ details: { '\uE000': 1, 'x\uE000': timestamp }, b: timestamp })).toMatchObject({
      b: '2026-01-01T00:00:00.000Z',
    });
  });
});

describe('an age', () => {
  it('grows as an integer, never below nothing, and null stays null', () => {
    expect(read({ a: growing(1.4, 499.7) })).toEqual({ a: 2 });
    expect(read({ a: growing(0, 900) })).toEqual({ a: 0 });
    expect(growing(null, 0)).toBeNull();
  });
});
