import { expect, it } from '@jest/globals';
import { Progress } from '../../../src/cli/terminal/progress.js';

function told(isTTY: boolean): { progress: Progress; text: () => string } {
  let text = '';
  const write = (part: string | Uint8Array) => ((text += String(part)), true);
  return { progress: new Progress({ isTTY, columns: 20, write }), text: () => text };
}

it('is one line on a terminal, redrawn, and gone at the end', () => {
  const { progress, text } = told(true);
  progress.say('watching', ' 2 s left');
  progress.say('watching a thing that is long', ' 1 s left');
  progress.end();
  progress.end();
  expect(text()).toBe('\r\u001b[2Kwatching 2 s left\r\u001b[2Kwatching a thing t…\r\u001b[2K');
});

it('is a line for each thing in a pipe', () => {
  const { progress, text } = told(false);
  progress.say('watching', ' 2 s left');
  progress.say('watching', ' 1 s left');
  progress.say('done');
  progress.end();
  expect(text()).toBe('watching\ndone\n');
});
