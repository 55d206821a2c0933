import { ask } from './claudeEvents';

/**
 * A program for a terminal that behaves as Claude Code does towards its hooks: it begins to work, and does what it is told line by line:
 * `ask` for a permission, `yes` to it, `stop` when its turn is over.
 *
 * @param settings the file that has the hooks
 * @param pidFile where it writes its process
 */
export function standInAgent(settings: string, pidFile: string): string {
  return `import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { hooks } = JSON.parse(readFileSync(${JSON.stringify(settings)}, 'utf8'));
const env = { ...process.env, CLAUDE_PID: String(process.pid), CLAUDE_PROJECT_DIR: process.cwd() };
const tell = async (event, more) => {
  const told = { session_id: 'stand-in', transcript_path: '/t', cwd: process.cwd(), hook_event_name: event, ...more };
  for (const { command } of (hooks[event] ?? []).flatMap(({ hooks: each }) => each))
    await new Promise((resolve) => {
      const child = spawn('sh', ['-c', command], { env, stdio: ['pipe', 'ignore', 'ignore'] });
      child.once('close', resolve);
      child.stdin.end(JSON.stringify(told));
    });
};
writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
await tell('SessionStart', { source: 'startup' });
await tell('UserPromptSubmit', { prompt: 'do it' });
console.log('Type what I am to do');
const does = {
  ask: async () => {
    console.log('May I run npm test? (yes)');
    await tell('PermissionRequest', ${JSON.stringify(ask)});
  },
  yes: () => tell('PostToolBatch', { tool_calls: [] }),
  stop: () => tell('Stop', { stop_hook_active: false, last_assistant_message: 'All is well.' }),
};
for await (const line of createInterface({ input: process.stdin })) await does[line.trim()]?.();
`;
}
