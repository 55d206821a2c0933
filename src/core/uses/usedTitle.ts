import { isUsedTool, usedTools } from './usedTools';

/** A used service for a person: "cache (Redis)". */
export function usedTitle(service: string, tool: string): string {
  return `${service} (${isUsedTool(tool) ? usedTools[tool].title : tool})`;
}
