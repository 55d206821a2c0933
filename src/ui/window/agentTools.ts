import * as vscode from 'vscode';
import { environmentFileName } from '../../core/environmentFile';
import { settingVariables } from '../../core/settingVariable';
import { readSettings } from '../editor/settings';

const providerId = 'coppice.environment';

/**
 * Offers the editor's agents the tools of each folder's worktree. The editor starts the program when an agent wants it: nothing runs before.
 *
 * @param extension where the extension's files are
 */
export function registerAgentTools(extension: vscode.Uri): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const tell = (): void => changed.fire();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidChangeWorkspaceFolders(tell),
    vscode.workspace.onDidGrantWorkspaceTrust(tell),
    vscode.lm.registerMcpServerDefinitionProvider(providerId, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: async () => {
        const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
        const wanted = await Promise.all(folders.map(async (folder) => ((await hasFile(folder)) ? [folder] : [])));
        return wanted.flat().map((folder) => toolsOf(folder, extension));
      },
    }),
  );
}

function toolsOf({ uri, name }: vscode.WorkspaceFolder, extension: vscode.Uri): vscode.McpStdioServerDefinition {
  const program = vscode.Uri.joinPath(extension, 'dist', 'cli.js').fsPath;
  // The editor's own Node.js runs it.
  const variables = { ...settingVariables(readSettings()), ELECTRON_RUN_AS_NODE: '1' };
  const definition = new vscode.McpStdioServerDefinition(
    `Coppice: ${name}`,
    process.execPath,
    [program, 'mcp'],
    variables,
  );
  definition.cwd = uri;
  return definition;
}

async function hasFile({ uri }: vscode.WorkspaceFolder): Promise<boolean> {
  if (uri.scheme !== 'file') return false;
  try {
    await vscode.workspace.fs.stat(vscode.Uri.joinPath(uri, environmentFileName));
    return true;
  } catch {
    return false;
  }
}
