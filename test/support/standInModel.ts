import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Answers as a model of Anthropic would that has nothing to say but "done", after it had the commands run that it is given: an agent that
 * asks it has begun.
 */
export class StandInModel {
  readonly #server: Server;
  /** How often it was asked. */
  asked = 0;
  /** All that it was asked. */
  heard = '';
  /** What it has an agent run, one with each answer. */
  readonly commands: string[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      let heard = '';
      request.setEncoding('utf8').on('data', (text: string) => (heard += text));
      request.once('end', () => {
        if (!request.url?.startsWith('/v1/messages?') && request.url !== '/v1/messages')
          return response.writeHead(404).end('{}');
        this.asked++;
        this.heard += heard;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const say = (type: string, data: object): boolean =>
          response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
        const usage = { input_tokens: 1, output_tokens: 1 };
        const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'stand-in', content: [], usage };
        say('message_start', { message: { ...message, stop_reason: null, stop_sequence: null } });
        const command = heard.includes('"name":"Bash"') ? this.commands.shift() : undefined;
        const input = JSON.stringify({ command, description: 'as it was told' });
        const [block, delta, reason] =
          command === undefined
            ? [{ type: 'text', text: '' }, { type: 'text_delta', text: 'done' }, 'end_turn']
            : [
                { type: 'tool_use', id: `toolu_${this.asked}`, name: 'Bash', input: {} },
                { type: 'input_json_delta', partial_json: input },
                'tool_use',
              ];
        say('content_block_start', { index: 0, content_block: block });
        say('content_block_delta', { index: 0, delta });
        say('content_block_stop', { index: 0 });
        say('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage });
        say('message_stop', {});
        return response.end();
      });
    });
  }

  static async start(): Promise<StandInModel> {
    const model = new StandInModel();
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
