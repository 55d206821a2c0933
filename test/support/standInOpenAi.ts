import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-in does when it is asked by a text with the marker, and has not done it yet. */
export interface StandInCall {
  readonly marker: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Answers as a model of OpenAI's Responses API would that calls one tool where it is asked to, and has nothing else to say but "done". */
export class StandInOpenAi {
  readonly #server: Server;

  private constructor({ marker, tool, input }: StandInCall) {
    this.#server = createServer((request, response) => {
      let heard = '';
      request.setEncoding('utf8').on('data', (text: string) => (heard += text));
      request.once('end', () => {
        if (!request.url?.endsWith('/responses')) return response.writeHead(404).end('{}');
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const say = (type: string, data: object): boolean =>
          response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
        const isAsked = heard.includes(marker) && !heard.includes('call_1');
        const item = isAsked
          ? { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: tool, arguments: JSON.stringify(input) }
          : { type: 'message', role: 'assistant', id: 'msg_1', content: [{ type: 'output_text', text: 'done' }] };
        const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
        say('response.created', { response: { id: 'resp_1' } });
        say('response.output_item.done', { item });
        say('response.completed', { response: { id: 'resp_1', usage } });
        return response.end();
      });
    });
  }

  static async start(call: StandInCall): Promise<StandInOpenAi> {
    const model = new StandInOpenAi(call);
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
