import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-in does when it is asked by a text with the marker, and has not done it yet. */
export interface StandInCall {
  readonly marker: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** By what a path has: how it is answered there, with a call of the tool or with "done". */
const apis: Readonly<Record<string, (response: ServerResponse, call: StandInCall | undefined) => void>> = {
  '/responses': answerOpenAi,
  ':streamGenerateContent': answerGemini,
  '/chat/completions': answerChat,
};

/**
 * Answers as a model would (OpenAI's Responses API and the one before it, Gemini's API) that calls one tool where it is asked to, and has nothing else to say
 * but "done".
 */
export class StandInModels {
  readonly #server: Server;

  private constructor(call: StandInCall) {
    this.#server = createServer((request, response) => {
      let heard = '';
      request.setEncoding('utf8').on('data', (text: string) => (heard += text));
      request.once('end', () => {
        const [, answer] = Object.entries(apis).find(([part]) => request.url?.includes(part)) ?? [];
        if (!answer) return response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
        const done = JSON.stringify(Object.values(call.input)[0]).slice(1, -1);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        answer(response, heard.includes(call.marker) && !heard.includes(done) ? call : undefined);
        return response.end();
      });
    });
  }

  static async start(call: StandInCall): Promise<StandInModels> {
    const model = new StandInModels(call);
    await new Promise<void>((resolve) => model.#server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answerOpenAi(response: ServerResponse, call: StandInCall | undefined): void {
  const say = (type: string, data: object): boolean =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  const item = call
    ? { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: call.tool, arguments: JSON.stringify(call.input) }
    : { type: 'message', role: 'assistant', id: 'msg_1', content: [{ type: 'output_text', text: 'done' }] };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  say('response.created', { response: { id: 'resp_1' } });
  say('response.output_item.done', { item });
  say('response.completed', { response: { id: 'resp_1', usage } });
}

function answerGemini(response: ServerResponse, call: StandInCall | undefined): void {
  const part = call ? { functionCall: { name: call.tool, args: call.input } } : { text: 'done' };
  const candidate = { content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 };
  const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
  response.write(`data: ${JSON.stringify({ candidates: [candidate], usageMetadata })}\n\n`);
}

function answerChat(response: ServerResponse, call: StandInCall | undefined): void {
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const say = (delta: object, reason: string | null): boolean =>
    response.write(
      `data: ${JSON.stringify({ id: 'chat_1', object: 'chat.completion.chunk', created: 1, model: 'one', choices: [{ index: 0, delta, finish_reason: reason }], ...(reason === null ? {} : { usage }) })}\n\n`,
    );
  const calls = call && [
    {
      ...{ index: 0, id: `call_${Date.now()}`, type: 'function' },
      function: { name: call.tool, arguments: JSON.stringify(call.input) },
    },
  ];
  say({ role: 'assistant', ...(calls ? { tool_calls: calls } : { content: 'done' }) }, null);
  say({}, calls ? 'tool_calls' : 'stop');
  response.write('data: [DONE]\n\n');
}
