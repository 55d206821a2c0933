#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  const { main } = await import('./cli/main');
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(`coppice needs Node.js 22.19 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 4;
}

export {};
