// A model provider that speaks the Responses API. Asked to `stream <n> every <ms>`, it streams so many tokens, each
// of them the moment at which it was written: ms of the machine's monotonic clock, the same for all processes.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const server = createServer((request, response) => void serve(request, response));
server.listen(Number(process.env.PORT), '127.0.0.1');

async function serve(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.method !== 'POST') return response.writeHead(404).end('{}');
  const [, count, everyMs] = /stream (\d+) every (\d+)/.exec(body) ?? [null, '1', '0'];
  await stream(response, Number(count), Number(everyMs));
}

async function stream(response, count, everyMs) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (event) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  const message = { type: 'message', role: 'assistant', id: 'msg_1' };
  send({ type: 'response.created', response: { id: 'resp_1' } });
  send({ type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } });
  const said = [];
  for (let index = 0; index < count && !response.destroyed; index++) {
    const delta = `${(Number(process.hrtime.bigint()) / 1e6).toFixed(3)} `;
    said.push(delta);
    send({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta });
    if (everyMs > 0) await pause(everyMs);
  }
  const content = [{ type: 'output_text', text: said.join('') }];
  send({ type: 'response.output_item.done', output_index: 0, item: { ...message, content } });
  const usage = { input_tokens: 1, output_tokens: count, total_tokens: count + 1 };
  const details = { input_tokens_details: null, output_tokens_details: null };
  send({ type: 'response.completed', response: { id: 'resp_1', usage: { ...usage, ...details } } });
  response.end();
}
