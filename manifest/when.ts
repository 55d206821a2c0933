const trusted = 'isWorkspaceTrusted';
const inFolder = `${trusted} && workspaceFolderCount != 0`;
const inRepository = `${inFolder} && coppice.state != noRepository && coppice.state != noGit`;
const withEnvironment = `${trusted} && coppice.hasEnvironment`;

/**
 * The conditions under which something is offered. What they say of Coppice (`coppice.…`) is set by `ui/window/viewState`.
 * All but `always` ask that the folder is trusted: Coppice runs commands that its environment file names.
 */
export const when = {
  always: '',
  trusted,
  inFolder,
  inRepository,
  withEnvironmentFile: `${inRepository} && coppice.hasEnvironmentFile`,
  withoutEnvironmentFile: `${inRepository} && !coppice.hasEnvironmentFile`,
  withOtherWorktree: `${inRepository} && coppice.hasOtherWorktree`,
  withAgentWorktree: `${inRepository} && (coppice.hasWindowWorktree || coppice.hasEnvironment)`,
  withEnvironment,
  withEnvironmentAndFile: `${withEnvironment} && coppice.hasEnvironmentFile`,
  inEnvironmentFile: `resourceFilename =~ /^coppice\\.yaml$/ && ${withEnvironment}`,
  onThisMachine: '!isWeb && !remoteName',
} as const;
