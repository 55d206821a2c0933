import * as vscode from 'vscode';
import type { IconData } from './icons';
import type { ItemData, TooltipLine } from './item';

export function toTreeItem(data: ItemData): vscode.TreeItem {
  const item = new vscode.TreeItem(data.label, collapsibleStates[data.collapsible]);
  item.id = data.id;
  item.description = data.description;
  item.contextValue = data.contextValue;
  item.accessibilityInformation = { label: data.accessibleName };
  item.iconPath = themeIcon(data.icon);
  item.tooltip = toMarkdown(data.tooltip);
  if (data.opens !== undefined) item.command = { command: data.opens, title: 'Open', arguments: [data.id] };
  return item;
}

export function themeIcon({ name, color }: IconData): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}

const collapsibleStates = {
  no: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const satisfies Record<ItemData['collapsible'], vscode.TreeItemCollapsibleState>;

/** Every value is other people's text: it goes in escaped, and the whole may run no command and hold no HTML. */
export function toMarkdown(lines: readonly TooltipLine[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('', false);
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  lines.forEach(([name, value], index) => {
    if (index > 0) markdown.appendMarkdown('\n\n');
    if (name !== '') markdown.appendText(`${name}: `);
    markdown.appendText(value.replace(/\s*[\r\n]+\s*/g, ' '));
  });
  return markdown;
}
