#!/usr/bin/env node
import { existsSync, readdirSync, rmSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { version } from '../package.json';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  startFromCompiled();
  const { main } = await import('./cli/main');
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(`coppice needs Node.js 22.19 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 4;
}

/** What was compiled once is read from the home: hooks run this program often. Who has no home yet gets none for that. */
function startFromCompiled(): void {
  try {
    const home = process.env['COPPICE_HOME'] || join(homedir(), '.coppice');
    if (!existsSync(home)) return;
    const folder = join(home, 'compiled');
    module.enableCompileCache(join(folder, version));
    // Of other versions nothing is read again.
    for (const other of readdirSync(folder)) if (other !== version) rmSync(join(folder, other), { recursive: true });
  } catch {
    // It starts without.
  }
}
