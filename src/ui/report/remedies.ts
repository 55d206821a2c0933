import * as vscode from 'vscode';
import type { Remedy } from '../../core/errors';
import type { CommandContext } from '../context/commandContext';
import { folderUri, openFolder } from '../editor/open';
import { proposeCommit } from '../editor/proposeCommit';
import { entryOfFolder, plainWorktreeName } from '../editor/windowEntry';

/** Does what the button of an error says. Rejects when it cannot be done. */
export async function act(
  action: Exclude<Remedy['action'], { kind: 'retry' }>,
  context: CommandContext,
): Promise<void> {
  switch (action.kind) {
    case 'openFile': {
      const line = Math.max((action.line ?? 1) - 1, 0);
      const selection = new vscode.Range(line, 0, line, 0);
      await vscode.window.showTextDocument(folderUri(action.path), { selection });
      return;
    }
    case 'openSettings': {
      const setting = action.setting.startsWith('coppice.') ? action.setting : `coppice.${action.setting}`;
      // Those that name a program belong to the machine that it runs on, and where that is another one to its own page.
      if (vscode.env.remoteName === undefined)
        await vscode.commands.executeCommand('workbench.action.openSettings', setting);
      else await vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query: setting });
      return;
    }
    case 'openUrl':
      await vscode.env.openExternal(vscode.Uri.parse(action.url, true));
      return;
    case 'typeCommand': {
      const terminal = vscode.window.createTerminal({ name: 'Coppice', isTransient: true });
      terminal.show();
      terminal.sendText(action.command, false);
      return;
    }
    case 'commitFile':
      return proposeCommit(action.folder, action.file, `Describe the environment in ${action.file}`);
    case 'chooseCluster':
      await vscode.commands.executeCommand('coppice.chooseCluster');
      return;
    case 'restartCluster':
      await vscode.commands.executeCommand('coppice.restartCluster');
      return;
    case 'sleepLeastUsed':
      await vscode.commands.executeCommand('coppice.sleepLeastUsed');
      return;
    case 'forwardPort':
      await vscode.commands.executeCommand('coppice.forwardPort');
      return;
    case 'openWorktree':
      return openFolder(action.path);
    case 'showLogs': {
      const entry = entryOfFolder(context.snapshot, action.folder);
      if (entry?.environment)
        context.logTerminals.show(entry.environment.namespace, action.service, plainWorktreeName(entry));
      return;
    }
  }
}
