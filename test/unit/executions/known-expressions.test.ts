import { describe, expect, it } from '@jest/globals';
import { KnownExpressions } from '../../../src/modules/executions/definition/known-expressions.js';

describe('verdicts on expressions', () => {
  it('are known by the text, and no other', () => {
    const known = new KnownExpressions();
    known.add('a.b', null);
    known.add('((', 'does not compile');
    expect(known.verdictOn('a.b')).toBeNull();
    expect(known.verdictOn('((')).toBe('does not compile');
    expect(known.verdictOn('a.b ')).toBeUndefined();
  });

  it('are bounded in number, and the longest unused is forgotten first', () => {
    const known = new KnownExpressions(2);
    known.add('a', null);
    known.add('b', null);
    known.verdictOn('a');
    known.add('c', null);
    expect(known.verdictOn('b')).toBeUndefined();
    expect(known.verdictOn('a')).toBeNull();
    expect(known.verdictOn('c')).toBeNull();
  });

  it('are forgotten even for the empty text', () => {
    const known = new KnownExpressions(1);
    known.add('', null);
    known.add('a', null);
    expect(known.verdictOn('')).toBeUndefined();
  });
});
