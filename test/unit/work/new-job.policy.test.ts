import { describe, expect, it } from '@jest/globals';
import { InvalidJobError, MAX_JOB_BYTES, serializeJob } from '../../../src/modules/work/new-job.policy.js';

const job = { id: 'e1-1', name: 'execution', data: { a: [1, 'ü'], b: null } };
/** What `{"x":""}` has beside the text. */
const FRAME = 8;
const withText = (text: string) => serializeJob({ ...job, data: { x: text } });
/** Data of so many bytes, of which the given text is the last. */
const filled = (bytes: number, last: string, lastBytes: number) =>
  'a'.repeat(bytes - FRAME - lastBytes) + last;

describe('a job', () => {
  it('travels as the JSON of its data', () => {
    expect(serializeJob(job)).toBe('{"a":[1,"ü"],"b":null}');
  });

  it.each(['a', '1a', 'a1', '-', '1.5', '0x1', 'ü', 'a/b'])('may have the id %j', (id) => {
    expect(serializeJob({ ...job, id })).toBe(serializeJob(job));
  });

  it.each(['', ':', 'a:b', ':a', 'a:', 'a b', ' a', 'a ', 'a\n', '\ta', '0', '17', '007', '-1', 'NaN'])(
    'is refused with the id %j',
    (id) => {
      const refused = new InvalidJobError(
        'the job id must be a word that is not a number and holds neither : nor spaces',
      );
      expect(() => serializeJob({ ...job, id })).toThrow(refused);
    },
  );

  it('is refused without a name, as an error that can be told apart', () => {
    const thrown = expect.objectContaining({ name: 'InvalidJobError', message: 'the job name is empty' });
    expect(() => serializeJob({ ...job, name: '' })).toThrow(thrown);
    expect(() => serializeJob({ ...job, name: '' })).toThrow(InvalidJobError);
    expect(serializeJob({ ...job, name: ' ' })).toBe(serializeJob(job));
  });

  it('has room for 256 KiB', () => {
    expect(MAX_JOB_BYTES).toBe(262_144);
  });

  it.each([
    ['a', 1],
    ['\u007f', 1],
    ['\u0080', 2],
    ['\u07ff', 2],
    ['\u0800', 3],
    ['\uffff', 3],
    ['\u{10000}', 4],
    ['\u{10ffff}', 4],
    ['a\u00fc\u20ac\u{1f600}', 10],
  ])('whose data ends with %j is measured in bytes of UTF-8, to the last of %i', (last, bytes) => {
    expect(withText(filled(262_144, last, bytes))).toContain(last);
    expect(() => withText(filled(262_145, last, bytes))).toThrow(
      new InvalidJobError('the job data is 262145 bytes; at most 262144 are allowed'),
    );
  });
});
