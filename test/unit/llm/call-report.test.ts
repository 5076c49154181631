import { describe, expect, it } from '@jest/globals';
import { readReports, wireOf } from '../../../src/modules/llm/reports/call-report.js';

const asIs = (text: string) => text;
const quota = { code: 'llm.quota_exhausted', message: 'openai: insufficient_quota' } as const;

describe('what Redis keeps of real calls', () => {
  it('is read as it was written, with its time by the clock of Redis', () => {
    const hash = { openai: `4000 ${wireOf(quota, asIs)}`, litellm: `4900 ${wireOf('succeeded', asIs)}` };
    expect(readReports(hash)).toEqual([
      { provider: 'openai', outcome: quota, at: 4000 },
      { provider: 'litellm', outcome: 'succeeded', at: 4900 },
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['a provider that is not known', { other: `4000 ${wireOf('succeeded', asIs)}` }],
    ['a reason of another version', { openai: '4000 {"outcome":"llm.bored","message":""}' }],
    ['a reason that no call may give', { openai: '4000 {"outcome":"llm.key_missing"}' }],
    ['no JSON', { openai: '4000 {' }],
    ['without a time', { openai: `soon ${wireOf('succeeded', asIs)}` }],
    ['empty', { openai: '' }],
    ['too long', { openai: `4000 ${JSON.stringify({ outcome: quota.code, message: 'x'.repeat(9000) })}` }],
    ['of a time that no clock has', { openai: `1${'0'.repeat(20)} ${wireOf('succeeded', asIs)}` }],
  ])('is left out when it is %s', (_, hash) => {
    expect(readReports(hash)).toEqual([]);
  });

  it('holds no secret and no long text', () => {
    const message = `sk-secret ${'x'.repeat(1000)}`;
    const json = wireOf({ ...quota, message }, (text) => text.replace('sk-secret', '***'));
    expect(json).not.toContain('sk-secret');
    expect(readReports({ openai: `1 ${json}` })).toHaveLength(1);
    expect(json.length).toBeLessThan(600);
  });
});
