import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

/** What is asked of a server of the Model Context Protocol, as an agent asks it. */
export interface McpAgent {
  readonly client: Client;
  readonly pid: number | null;
  /** The text of an answer. */
  call(
    name: string,
    given?: Record<string, unknown>,
    signal?: AbortSignal,
  ): Promise<{ text: string; isError: boolean }>;
  readonly progress: string[];
  close(): Promise<void>;
}

/** @param pinned the revision of the protocol that it speaks, and no other; without it, what is spoken before there were two kinds */
export async function mcpAgent(
  program: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  pinned?: string,
): Promise<McpAgent> {
  const [command = '', ...args] = program;
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const transport = new StdioClientTransport({
    command,
    args,
    cwd,
    env: Object.fromEntries(defined),
    stderr: 'inherit',
  });
  const versionNegotiation = { mode: pinned === undefined ? 'legacy' : { pin: pinned } } as const;
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation });
  await client.connect(transport);
  const progress: string[] = [];
  return {
    client,
    progress,
    pid: transport.pid,
    call: async (name, given = {}, signal) => {
      const onprogress = ({ message = '' }: { message?: string | undefined }): void => void progress.push(message);
      const options = { onprogress, timeout: 60_000, ...(signal ? { signal } : {}) };
      const { content, isError } = await client.callTool({ name, arguments: given }, options);
      const text = content.map((each) => (each.type === 'text' ? each.text : '')).join('');
      return { text, isError: isError === true };
    },
    close: () => client.close(),
  };
}
