import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../../src/modules/executions/submit/canonical.js';

describe('canonical JSON', () => {
  it('is the same for the same value, whatever the order of its members', () => {
    expect(canonicalJson({ b: [{ y: 1, x: null }], a: { d: 'd', c: true } })).toBe(
      '{"a":{"c":true,"d":"d"},"b":[{"x":null,"y":1}]}',
    );
    expect(canonicalJson({ a: [1, 2] })).not.toBe(canonicalJson({ a: [2, 1] }));
  });

  it('is the same for a number however it is written, and for members that are numbers', () => {
    const same = (one: string, other: string) =>
      expect(canonicalJson(JSON.parse(one))).toBe(canonicalJson(JSON.parse(other)));
    same('{"a":1.0,"b":[1e2,-0]}', '{"b":[100,0],"a":1}');
    same('{"10":1,"9":[{"z":1,"y":{"b":1,"a":2}}]}', '{"9":[{"y":{"a":2,"b":1},"z":1.0}],"10":1}');
    expect(canonicalJson(1)).not.toBe(canonicalJson('1'));
  });

  it('takes members of any name, and values that are no objects', () => {
    const odd = JSON.parse('{"__proto__": 1, "constructor": {"b": 1, "a": 2}, "": 0}') as unknown;
    expect(canonicalJson(odd)).toBe('{"":0,"__proto__":1,"constructor":{"a":2,"b":1}}');
    expect(canonicalJson('x')).toBe('"x"');
    expect(canonicalJson(null)).toBe('null');
  });
});
