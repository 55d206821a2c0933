import type { MakeCommand } from './kubernetesHarness';

/** Prints the arguments from the third on; then stays, or exits with the code in the second. */
const script = `
const [code, ...lines] = process.argv.slice(1);
for (const line of lines) console.log(line);
if (code === 'stay') setInterval(() => undefined, 100000); else process.exitCode = Number(code);
`;

/** A Node.js program that prints lines. @param node how Node.js is called in the container */
export function printing(node: string): MakeCommand {
  return (lines, exitCode) => [node, '-e', script, exitCode === undefined ? 'stay' : String(exitCode), ...lines];
}
