import { describe, expect, it } from '@jest/globals';
import { InvalidJobError, MAX_JOB_BYTES, serializeJob } from '../../../src/modules/queue/new-job.policy.js';

const job = { id: 'e-1', name: 'execution', data: { a: 1 } };
/** Data that is so many bytes as JSON, of characters that are so many bytes each. */
const data = (bytes: number, character = 'x') => {
  const room = bytes - '{"a":""}'.length;
  const size = Buffer.byteLength(character);
  return { a: character.repeat(Math.floor(room / size)) + 'x'.repeat(room % size) };
};

describe('a job that is to be queued', () => {
  it('travels as JSON', () => {
    expect(serializeJob({ ...job, data: { a: [1, null, 'é'] } })).toBe('{"a":[1,null,"é"]}');
  });

  it.each(['a', 'e-1', '1a', 'a1', '-1', '1.5', 'é'])('may be named %j', (id) => {
    expect(serializeJob({ ...job, id })).toBe('{"a":1}');
  });

  it.each(['', '7', '0123', 'a:b', ':', 'a b', ' a', 'a ', 'a\tb', 'a\n'])(
    'may not be named %j, which a queue reads as its own',
    (id) => {
      expect(() => serializeJob({ ...job, id })).toThrow(
        expect.objectContaining({
          name: 'InvalidJobError',
          message: 'the job id must be a word that is not a number and holds neither : nor spaces',
        }),
      );
    },
  );

  it('must be of some kind', () => {
    expect(() => serializeJob({ ...job, name: '' })).toThrow(new InvalidJobError('the job name is empty'));
  });

  // The first and the last character of each length in UTF-8.
  it.each(['x', '\u007f', '\u0080', '\u07ff', '\u0800', '\uffff', '\u{10000}', '\u{10ffff}'])(
    'may hold a quarter of a megabyte, by its bytes: of %j',
    (character) => {
      expect(serializeJob({ ...job, data: data(262_144, character) })).toHaveLength(
        JSON.stringify(data(262_144, character)).length,
      );
      expect(() => serializeJob({ ...job, data: data(262_145, character) })).toThrow(
        'the job data is 262145 bytes; at most 262144 are allowed',
      );
    },
  );

  it('has a limit that others may read', () => expect(MAX_JOB_BYTES).toBe(262_144));
});
