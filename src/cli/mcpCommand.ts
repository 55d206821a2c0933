import { type Register, withRun } from './context';

export const registerMcp: Register = (program, { product, cwd }) => {
  program
    .command('mcp')
    .description('tools for an agent in this worktree, by the Model Context Protocol at standard input and output')
    .addHelpText(
      'after',
      '\nThey are about the worktree that it is started in, and about no other; none approves what a repository runs.\nIt ends when its input ends. Claude Code is told of it by: claude mcp add coppice -- coppice mcp',
    )
    .action(() => withRun(true, (run) => product.agentTools.serve({ folder: cwd }, run)));
};
