import { homedir } from 'node:os';
import type { Product } from '../app/product';
import { connectTool } from '../app/tools/connectTool';
import { lazy } from './lazy';
import type { Machine } from './wireMachine';

/** Other tools, and how they call Coppice. */
export function wireTools({ root, home, env, execPath, git }: Machine): Product['tools'] {
  const ports = async () => {
    const [{ FileToolEntries }, { OwnCall }, { FileGitExclude }, { claudeVersion }] = await Promise.all([
      import('../adapters/toolEntries/fileToolEntries'),
      import('../adapters/exec/ownCall'),
      import('../adapters/git/fileGitExclude'),
      import('../adapters/exec/claudeVersion'),
    ]);
    const call = new OwnCall({ root, home, env, execPath });
    const entries = new FileToolEntries({ home: homedir(), env, call, claudeVersion: () => claudeVersion(env) });
    return { ...(await git()), entries, exclude: new FileGitExclude(env) };
  };
  return { connect: lazy(ports, connectTool) };
}
