import { join } from 'node:path';
import { version } from '../../package.json';
import { serveTools } from '../app/agentTools/serveTools';
import type { Product } from '../app/product';
import { lazy } from './lazy';
import type { Machine } from './wireMachine';
import { wireWorktrees } from './wireWorktrees';

type Asked = Pick<Product, 'diagnosis' | 'databases' | 'environments' | 'services' | 'snapshots'>;

/** What an agent may call in its worktree. */
export function wireAgentTools(machine: Machine, asked: Asked): Product['agentTools'] {
  const ports = async () => {
    const [{ StdioToolServer }, { FileKeptTexts }] = await Promise.all([
      import('../adapters/mcp/stdioToolServer'),
      import('../adapters/exec/fileKeptTexts'),
    ]);
    const kept = new FileKeptTexts(join(machine.home, 'logs', 'told'));
    return { server: new StdioToolServer(), version, tools: { ...asked, worktrees: wireWorktrees(machine), kept } };
  };
  return { serve: lazy(ports, serveTools) };
}
