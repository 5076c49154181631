import { describe, expect, it } from '@jest/globals';
import { readCompletionRequest } from '../../../src/modules/app-server/gateway/completion-request.js';
import { Slots } from '../../../src/modules/app-server/gateway/slots.js';
import { TurnInbox } from '../../../src/modules/app-server/gateway/turn-inbox.js';

describe('a request of a chat completion', () => {
  it('becomes instructions, history and prompt', () => {
    const request = readCompletionRequest({
      model: 'm',
      messages: [
        { role: 'system', content: 'be brief' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'one' },
            { type: 'text', text: ' two' },
          ],
        },
        { role: 'assistant', content: 'three' },
        { role: 'developer', content: 'be kind' },
        { role: 'user', content: 'four' },
      ],
    });
    expect(request).toMatchObject({
      model: 'm',
      stream: false,
      instructions: 'be brief\n\nbe kind',
      history: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'one two' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'three' }] },
      ],
      prompt: 'four',
    });
  });

  it('takes what clients send and codex has no use for', () => {
    const sampling = {
      temperature: 0,
      top_p: 1,
      max_tokens: 5,
      max_completion_tokens: 5,
      seed: 1,
      user: 'u',
      n: 1,
    };
    const request = readCompletionRequest({ messages: [{ role: 'user', content: 'x' }], ...sampling });
    expect(request.prompt).toBe('x');
  });

  it('carries a schema for the answer and an effort', () => {
    const schema = { type: 'object', properties: {} };
    const request = readCompletionRequest({
      messages: [{ role: 'user', content: 'x' }],
      reasoning_effort: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } },
    });
    expect(request).toMatchObject({ effort: 'low', outputSchema: schema });
  });

  it.each([
    null,
    'text',
    {},
    { messages: [{ role: 'user', content: '' }] },
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    { messages: [{ role: 'user', content: 'x' }], response_format: { type: 'json_object' } },
  ])('is refused as %j', (body) => {
    expect(() => readCompletionRequest(body)).toThrow(expect.objectContaining({ name: 'GatewayError' }));
  });
});

const delta = (itemId: string, text: string) =>
  ({ name: 'item/agentMessage/delta', params: { threadId: 't', itemId, delta: text } }) as const;
const completed = (status: string) =>
  ({ name: 'turn/completed', params: { threadId: 't', turn: { status, error: null } } }) as const;

describe('the inbox of a turn', () => {
  it('joins what waits, and tells the end after it', async () => {
    const inbox = new TurnInbox();
    inbox.take(delta('a', 'one '));
    inbox.take(delta('a', 'two'));
    inbox.take(completed('completed'));
    expect(await inbox.next()).toBe('one two');
    expect(await inbox.next()).toEqual({ kind: 'completed' });
    expect(inbox.endedByChild).toBe(true);
  });

  it('wakes who waits', async () => {
    const inbox = new TurnInbox();
    const next = inbox.next();
    inbox.take(delta('a', 'text'));
    expect(await next).toBe('text');
  });

  it('parts two messages of one turn', async () => {
    const inbox = new TurnInbox();
    inbox.take(delta('a', 'one'));
    inbox.take(delta('b', 'two'));
    expect(await inbox.next()).toBe('one\n\ntwo');
  });

  it('takes the whole text of a message that was not streamed, and of no other', async () => {
    const inbox = new TurnInbox();
    const item = (id: string, text: string) =>
      ({
        name: 'item/completed',
        params: { threadId: 't', item: { type: 'agentMessage', id, text } },
      }) as const;
    inbox.take(delta('a', 'streamed'));
    inbox.take(item('a', 'streamed'));
    inbox.take(item('b', 'whole'));
    expect(await inbox.next()).toBe('streamed\n\nwhole');
  });

  it('is aborted at once, and the first end counts', async () => {
    const inbox = new TurnInbox();
    const reason = new Error('gone');
    inbox.take(delta('a', 'unread'));
    inbox.abort(reason);
    inbox.take(completed('completed'));
    expect(await inbox.next()).toEqual({ kind: 'aborted', reason });
    expect(inbox.endedByChild).toBe(false);
  });

  it('gives a reader up that is a megabyte behind', async () => {
    const inbox = new TurnInbox();
    for (let i = 0; i < 1100; i++) inbox.take(delta('a', 'x'.repeat(1024)));
    expect(await inbox.next()).toMatchObject({ kind: 'aborted' });
  });
});

describe('slots', () => {
  it('are as many as allowed, and free again once released, however often', () => {
    const slots = new Slots(1);
    const slot = slots.take();
    expect(slots.take()).toBeNull();
    slot?.release();
    slot?.release();
    expect(slots.active).toBe(0);
    expect(slots.take()).not.toBeNull();
    expect(slots.take()).toBeNull();
  });

  it('tell when nothing is under way, and take back what is', async () => {
    const slots = new Slots(2);
    const [one, two] = [slots.take(), slots.take()];
    let idle = false;
    const waiting = slots.idle().then(() => (idle = true));
    const reason = new Error('closing');
    slots.abortAll(reason);
    expect(one?.signal.reason).toBe(reason);
    one?.release();
    await Promise.resolve();
    expect(idle).toBe(false);
    two?.release();
    await waiting;
    expect(idle).toBe(true);
  });
});
