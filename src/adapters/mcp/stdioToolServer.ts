import { setTimeout as delay } from 'node:timers/promises';
import { Server, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/server';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { OfferedTool, ToolArgument, ToolOffer, ToolServer } from '../../core/ports/toolServer';

/** How long calls that were cancelled may take to end what they have started. Milliseconds. */
const endingMs = 10_000;

/** Speaks the Model Context Protocol, both revisions that agents have today, at standard input and output. */
export class StdioToolServer implements ToolServer {
  async serve(offer: ToolOffer, signal: AbortSignal): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      process.stdin.once('end', resolve).once('close', resolve);
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    // What is no message is left: whoever sends it hears nothing, and the next message is read.
    const calls = new Set<Promise<unknown>>();
    const handle = serveStdio(() => serverOf(offer, calls), { transport: forgivingTransport() });
    await ended;
    // Cancels what is under way, which still has to end what it has started.
    await handle.close();
    await Promise.race([Promise.allSettled(calls), delay(endingMs)]);
  }
}

/** As that of the SDK, which refuses a call whose arguments are null: so some agents call what takes none. */
function forgivingTransport(): Transport {
  const inner = new StdioServerTransport();
  const transport: Transport = {
    start: () => {
      inner.onclose = () => transport.onclose?.();
      inner.onerror = (error) => transport.onerror?.(error);
      inner.onmessage = (message) => transport.onmessage?.(withArguments(message));
      return inner.start();
    },
    send: (message) => inner.send(message),
    close: () => inner.close(),
  };
  return transport;
}

function withArguments(message: JSONRPCMessage): JSONRPCMessage {
  if (!('method' in message) || message.method !== 'tools/call' || message.params?.['arguments'] !== null)
    return message;
  return { ...message, params: { ...message.params, arguments: {} } };
}

function serverOf({ version, instructions, tools, failureText }: ToolOffer, calls: Set<Promise<unknown>>): Server {
  const server = new Server({ name: 'coppice', version }, { capabilities: { tools: {} }, instructions });
  server.setRequestHandler('tools/list', () => ({ tools: tools.map(definitionOf) }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const text = (said: string, isError: boolean) => ({ content: [{ type: 'text' as const, text: said }], isError });
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) return text(`There is no such tool. There are: ${tools.map(({ name }) => name).join(', ')}.`, true);
    const progressToken = mcpReq._meta?.progressToken;
    const report = (message: string, progress: number, total: number): void => {
      if (progressToken === undefined || mcpReq.signal.aborted) return;
      const told = { method: 'notifications/progress', params: { progressToken, progress, total, message } } as const;
      // An agent that is gone needs no news.
      mcpReq.notify(told).catch(() => undefined);
    };
    const call = (async () => tool.call(params.arguments ?? {}, { signal: mcpReq.signal, report }))();
    calls.add(call);
    try {
      return text(await call, false);
    } catch (error) {
      return text(failureText(error), true);
    } finally {
      calls.delete(call);
    }
  });
  return server;
}

function definitionOf({ name, description, takes, changes }: OfferedTool) {
  const needed = Object.entries(takes).flatMap(([argument, { isNeeded }]) => (isNeeded ? [argument] : []));
  return {
    name,
    description,
    inputSchema: {
      type: 'object' as const,
      properties: Object.fromEntries(Object.entries(takes).map(([argument, of]) => [argument, schemaOf(of)])),
      ...(needed.length > 0 ? { required: needed } : {}),
      additionalProperties: false,
    },
    annotations: { readOnlyHint: !changes, openWorldHint: false, ...(changes ? { destructiveHint: false } : {}) },
  };
}

function schemaOf({ type, description, maximum }: ToolArgument) {
  return { type, description, ...(maximum === undefined ? {} : { minimum: 1, maximum }) };
}
