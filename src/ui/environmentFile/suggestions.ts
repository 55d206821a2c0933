import * as vscode from 'vscode';
import { environmentFileName } from '../../core/environmentFile';
import { cursorAt } from './cursor';
import { descriptionAt, propertiesAt, valuesAt, type Schema } from './schema';

const selector: vscode.DocumentFilter = { pattern: `**/${environmentFileName}` };

/** Completion and hover for environment files from their schema, for those who have no YAML extension. */
export function registerSuggestions(extensionUri: vscode.Uri): vscode.Disposable {
  let reading: Promise<Schema> | undefined;
  const schema = (): Promise<Schema> => (reading ??= readSchema(extensionUri));
  // Theirs knows all of YAML, and gets the same schema by `yamlValidation`.
  const isServed = (): boolean => vscode.extensions.getExtension('redhat.vscode-yaml') !== undefined;
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: async (document, position) => {
          if (isServed()) return [];
          const { path, valueOf, present } = cursorAt(document.getText(), position.line, position.character);
          if (valueOf !== undefined) return values(valuesAt(await schema(), [...path, valueOf]));
          return propertiesAt(await schema(), path)
            .filter((property) => !present.includes(property.name))
            .map((property) => {
              const item = new vscode.CompletionItem(property.name, vscode.CompletionItemKind.Property);
              item.insertText = property.isMap ? `${property.name}:` : `${property.name}: `;
              item.documentation = new vscode.MarkdownString().appendText(property.description);
              if (property.isRequired) item.detail = 'required';
              item.sortText = `${property.isRequired ? 0 : 1}${property.name}`;
              return item;
            });
        },
      },
      ' ',
      '{',
    ),
    vscode.languages.registerHoverProvider(selector, {
      provideHover: async (document, position) => {
        const range = document.getWordRangeAtPosition(position, /[\w.-]+(?=\s*:)/);
        if (isServed() || !range) return undefined;
        const { path } = cursorAt(document.getText(), range.start.line, range.start.character);
        const text = descriptionAt(await schema(), [...path, document.getText(range)]);
        return text === undefined ? undefined : new vscode.Hover(new vscode.MarkdownString().appendText(text), range);
      },
    }),
  );
}

function values(texts: readonly string[]): vscode.CompletionItem[] {
  return texts.map((text) => new vscode.CompletionItem(text, vscode.CompletionItemKind.Value));
}

async function readSchema(extensionUri: vscode.Uri): Promise<Schema> {
  const uri = vscode.Uri.joinPath(extensionUri, 'media', 'schemas', 'coppice.schema.json');
  return JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))) as Schema;
}
