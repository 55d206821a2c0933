import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CodeActionContext, Diagnostic, Range, TextDocument } from 'vscode';
import * as vscode from 'vscode';
import { YamlEnvironmentFiles } from '../../../../src/adapters/environmentFile/yamlEnvironmentFiles';
import { EnvironmentFileDiagnostics } from '../../../../src/ui/environmentFile/diagnostics';
import { WorkspaceEdit } from '../../../support/vscodeValues';
import { editor } from '../../../support/vscodeStub';
import { someDependencies } from '../context';

const files = new YamlEnvironmentFiles();
const service = (more: string): string => `version: 1\nservices:\n  web: {image: x${more}}\n  backend: {image: x}\n`;

beforeEach(() => editor.reset());
afterEach(() => vi.restoreAllMocks());

/** As far as one is read. */
function aDocument(text: string): TextDocument {
  const lines = text.split('\n');
  const document = {
    uri: vscode.Uri.file('/repo/coppice.yaml'),
    version: 1,
    isClosed: false,
    lineCount: lines.length,
    getText: (range?: Range) =>
      range ? lines[range.start.line]?.slice(range.start.character, range.end.character) : text,
    lineAt: (line: number) => ({ range: new vscode.Range(line, 0, line, lines[line]?.length ?? 0) }),
    getWordRangeAtPosition: ({ line, character }: vscode.Position, word: RegExp) => {
      const found = word.exec(lines[line]?.slice(character) ?? '');
      return found ? new vscode.Range(line, character, line, character + found[0].length) : undefined;
    },
  };
  return document as unknown as TextDocument;
}

/** What the file becomes by each fix that is offered for it. */
async function fixed(text: string): Promise<readonly string[]> {
  const document = aDocument(text);
  let marked: readonly Diagnostic[] | undefined;
  vi.spyOn(vscode.languages, 'createDiagnosticCollection').mockReturnValue({
    set: (_: unknown, diagnostics: readonly Diagnostic[]) => (marked = diagnostics),
    dispose: () => undefined,
  } as unknown as vscode.DiagnosticCollection);
  vi.spyOn(vscode.workspace, 'textDocuments', 'get').mockReturnValue([document]);
  const { dependencies } = someDependencies({ environmentFile: { check: async (said) => files.check(said) } });
  const diagnostics = new EnvironmentFileDiagnostics(dependencies);
  await vi.waitFor(() => expect(marked).toBeDefined());
  const context = { diagnostics: marked } as unknown as CodeActionContext;
  const actions = diagnostics.provideCodeActions(document, new vscode.Range(0, 0, 0, 0), context);
  diagnostics.dispose();
  return actions.map(({ title, edit }) => `${title}\n${edit instanceof WorkspaceEdit ? applied(text, edit) : ''}`);
}

function applied(text: string, { edits: [edit] }: WorkspaceEdit): string {
  const lines = text.split('\n');
  if (!edit) return text;
  const { start, end } = edit.range;
  const line = lines[start.line] ?? '';
  lines[start.line] = `${line.slice(0, start.character)}${edit.text}${line.slice(end.character)}`;
  return lines.join('\n');
}

describe('quick fixes', () => {
  it.each([
    ['an unknown key', service(', prot: 3000'), 'Change to "port"', service(', port: 3000')],
    ['one in quotes', service(', "prot":3000'), 'Change to "port"', service(', "port":3000')],
    [
      'a service to wait for',
      service(', dependsOn: [backnd]'),
      'Change to "backend"',
      service(', dependsOn: [backend]'),
    ],
    ['a tool', `${service('')}uses: {cache: reddis}\n`, 'Change to "redis"', `${service('')}uses: {cache: redis}\n`],
  ])('put %s right, and leave nothing that is wrong', async (_, text, title, expected) => {
    expect(await fixed(text)).toEqual([`${title}\n${expected}`]);
    expect(files.check(expected)).toEqual([]);
  });

  it.each([
    ['nothing is near', service(', something: 1')],
    ['nothing is wrong', service('')],
    ['the whole file stands in brackets', '{services: {web: {image: x}}}\n'],
    ['only the repository knows what is missing', 'version: 1\nservices:\n  web: {port: 3000}\n'],
    ['what is marked is not what is wrong', service(', dependsOn: {backnd: started}')],
  ])('are none where %s', async (_, text) => {
    expect(await fixed(text)).toEqual([]);
  });
});
