#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  // What was compiled once is read from there: hooks run this program often. Who has no home yet gets none for that.
  const home = process.env['COPPICE_HOME'] || join(homedir(), '.coppice');
  if (existsSync(home)) module.enableCompileCache(join(home, 'compiled'));
  const { main } = await import('./cli/main');
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(`coppice needs Node.js 22.19 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 4;
}
