import { databaseTools } from './databaseTools';
import { messageTools } from './messageTools';
import { storeTools } from './storeTools';
import type { UsedTool, UsedToolName } from '../usedTool';

/**
 * The tools that `uses` can name, one row a tool: what runs, with which arguments, where its data lie, what others are told of it, and
 * how it comes onto a machine. Those that tests have run are in docs/verified.md; the others are as their documentation says.
 */
export const usedTools: Readonly<Record<UsedToolName, UsedTool>> = { ...storeTools, ...databaseTools, ...messageTools };

export function isUsedTool(name: string): name is UsedToolName {
  return Object.hasOwn(usedTools, name);
}
