/*
 * A program called docker that answers as Docker does, for the adapter's side of it: test/cluster/images.test.ts runs the
 * real one. What it is to do at a call stands in the file `plan`, what it was asked for in `calls`.
 */
export const dockerProgram = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const folder = __dirname;
const argv = process.argv.slice(2);
appendFileSync(join(folder, 'calls'), JSON.stringify(argv) + '\\n');
const plan = JSON.parse(readFileSync(join(folder, 'plan'), 'utf8'));
const tags = join(folder, 'tags');
const known = () => (existsSync(tags) ? readFileSync(tags, 'utf8').split('\\n') : []);
const end = ({ stdout = '', stderr = '', code = 0 }) => {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
};
const command = argv[0] === 'image' || argv[0] === 'context' || argv[0] === 'manifest' ? argv[0] + ' ' + argv[1] : argv[0];
if (plan.append && command === 'build') appendFileSync(plan.append, 'x');
if (plan[command]) end(plan[command]);
else if (argv.at(-1) === '{{.Client.Version}}') end({ stdout: (plan.client ?? '28.2.2') + '\\n' });
else if (command === 'version') end({ stdout: JSON.stringify({ Version: '28.0.0', Os: 'linux', Arch: 'amd64', KernelVersion: '6.1.0' }) });
else if (command === 'info') end({ stdout: '"laptop"\\n' });
else if (command === 'context inspect') end({ stdout: '"unix:///var/run/docker.sock"\\n' });
else if (command === 'build') {
  writeFileSync(argv[argv.indexOf('--iidfile') + 1], 'sha256:made');
  const file = argv[argv.indexOf('--file') + 1];
  if (plan.keep) for (const end of ['', '.dockerignore']) writeFileSync(join(folder, 'kept' + end), readFileSync(file + end));
  end({ stderr: '#1 building\\n' });
} else if (command === 'tag') appendFileSync(tags, argv.at(-1) + '\\n');
else if (command === 'image inspect') end({ code: known().includes(argv.at(-1)) ? 0 : 1 });
else if (command === 'push') appendFileSync(join(folder, 'pushed'), argv.at(-1) + '\\n');
else if (command === 'manifest inspect') end({ code: 1, stderr: 'no such manifest' });
`;
