#!/usr/bin/env node
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Put in by the build. Neither package.json nor a function stands here: what they need would be one more file at the extension's start.
declare const COPPICE_VERSION: string;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  try {
    // An import would read all that it has, and what keeps the bundles from that would be a file beside this one.
    const { existsSync, readdirSync, rmSync } = process.getBuiltinModule('node:fs');
    // What was compiled once is read from the home: hooks run this program often. Who has no home yet gets none for that.
    const home = process.env['COPPICE_HOME'] || join(homedir(), '.coppice');
    if (existsSync(home)) {
      const folder = join(home, 'compiled');
      module.enableCompileCache(join(folder, COPPICE_VERSION));
      // Of other versions nothing is read again.
      for (const other of readdirSync(folder))
        if (other !== COPPICE_VERSION) rmSync(join(folder, other), { recursive: true });
    }
  } catch {
    // It starts without.
  }
  // The last word is what a shell makes of its parent's number, which not every shell knows.
  const [, agent, pid] =
    /^hook (claude-code|codex|gemini|opencode) --state(?: (\d+|\$PPID))?$/.exec(process.argv.slice(2).join(' ')) ?? [];
  if (agent !== undefined) {
    // At every turn of every agent: without all that other commands need.
    const { noteAgent } = await import('./cli/noteAgent');
    await noteAgent(agent, pid);
    // What it waits for is written; a stream that nobody ends would keep it.
    process.exit(0);
  }
  const [{ main }, { endWhenWritten }] = await Promise.all([import('./cli/main'), import('./cli/terminal')]);
  const argv = process.argv.slice(2);
  const code = await main(argv);
  // By a 2 a hook of Claude Code forbids what it is told of; what we mean by it, a call that we do not know, is no reason for that.
  await endWhenWritten(argv[0] === 'hook' && code === 2 ? 1 : code);
} else {
  process.stderr.write(`coppice needs Node.js 22.19 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 4;
}

export {};
