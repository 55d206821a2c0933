// Loads a file once, activates what it exports if that can be activated, and prints how long it took. A process of its own.
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [file = '', root = ''] = process.argv.slice(2);
const editor = pathToFileURL(join(import.meta.dirname, 'vscode.js')).href;
const files: string[] = [];
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode' ? { url: editor, shortCircuit: true } : next(specifier, context),
  load: (url, context, next) => {
    if (url.startsWith('file:')) files.push(fileURLToPath(url));
    return next(url, context);
  },
});
// An extension host has its API before it loads an extension.
await import(editor);
files.length = 0;

/** Nothing was kept by a window before. */
const memento = {
  get: (_key: string, otherwise?: unknown) => otherwise,
  keys: () => [],
  update: async () => undefined,
};
const context = {
  subscriptions: [],
  workspaceState: memento,
  globalState: { ...memento, setKeysForSync: () => undefined },
  extensionPath: root,
  extensionUri: { scheme: 'file', path: root, fsPath: root, with: () => undefined },
  environmentVariableCollection: {
    replace: () => undefined,
    clear: () => undefined,
    getScoped: () => ({ replace: () => undefined, clear: () => undefined }),
  },
  secrets: { get: async () => undefined },
};

const begin = performance.now();
const loaded: { activate?: (context: object) => unknown } = await import(pathToFileURL(file).href);
await loaded.activate?.(context);
const ms = performance.now() - begin;
process.stdout.write(JSON.stringify({ ms, files }), () => process.exit(0));
