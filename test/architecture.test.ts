import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');
const webview = join(root, 'webview');

interface Import {
  readonly from: string;
  /** A file of ours, or a package. */
  readonly to: string;
  readonly isLocal: boolean;
  readonly isDynamic: boolean;
  readonly isType: boolean;
}

/** What they have in them has no layers of the product: the name of each is before its files' names, as if it were one. */
const packages = ['cluster', 'host'];
const folderOf = (name: string): string => join(root, 'packages', name, 'src');

const files = [
  ...sourcesIn(src),
  ...packages.flatMap((name) => sourcesIn(folderOf(name)).map((file) => `${name}/${file}`)),
];

function sourcesIn(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return found.map((file) => file.split(sep).join('/'));
}

function pathOf(file: string): string {
  const name = packages.find((each) => file.startsWith(`${each}/`));
  return name === undefined ? join(src, file) : join(folderOf(name), file.slice(name.length + 1));
}

function fileOf(path: string): string {
  const name = packages.find((each) => path.startsWith(`${folderOf(each)}${sep}`));
  const file = name === undefined ? relative(src, path) : join(name, relative(folderOf(name), path));
  return file.split(sep).join('/');
}

const imports = files.flatMap(readImports);

/** Every way to name another module: import, export from, import type, import('…'), require('…'). */
function readImports(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(pathOf(file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, isDynamic: boolean, isType: boolean): void => {
    if (node && ts.isStringLiteralLike(node)) found.push(toImport(file, node.text, isDynamic, isType));
    else if (isDynamic) throw new Error(`${file} imports a module whose name is computed`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, false, node.importClause?.isTypeOnly === true);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, false, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, false, true);
    else if (ts.isCallExpression(node)) {
      const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
      const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
      if (isImport || isRequire) add(node.arguments[0], true, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function toImport(from: string, specifier: string, isDynamic: boolean, isType: boolean): Import {
  const own = '@coppice/';
  if (!specifier.startsWith('.') && !specifier.startsWith(own))
    return { from, to: specifier, isLocal: false, isDynamic, isType };
  const path = specifier.startsWith(own) ? specifier.slice(own.length) : fileOf(join(dirname(pathOf(from)), specifier));
  const to = [`${path}.ts`, `${path}/index.ts`, path].find((candidate) => files.includes(candidate)) ?? path;
  return { from, to, isLocal: true, isDynamic, isType };
}

const layerOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, ''));
const roomOf = (file: string): string => file.split('/').slice(0, 2).join('/');
const isPackage = (name: string, to: string): boolean => to === name || to.startsWith(`${name}/`);
const tell = (found: readonly Import[]): string[] => found.map(({ from, to }) => `${from} imports ${to}`);

const sdkOf: Readonly<Record<string, readonly string[]>> = {
  'adapters/git': ['simple-git', 'p-limit', 'ignore'],
  'adapters/kubernetes': ['@kubernetes/client-node', 'ws', 'yaml'],
  'adapters/postgres': ['pg'],
  'adapters/mcp': ['@modelcontextprotocol/server'],
  'adapters/environmentFile': ['yaml', '@cfworker/json-schema'],
  'adapters/k3d': ['yaml'],
  'adapters/dependencies': ['yaml'],
  'adapters/toolEntries': ['jsonc-parser', 'smol-toml'],
  cluster: ['@ngrok/webernetes', 'http-proxy-3', 'fast-json-patch', 'yaml', 'ws', 'protobufjs'],
  cli: ['commander'],
};

/** What each layer may import of our own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  host: ['host'],
  cluster: ['cluster', 'host'],
  core: ['core', 'host'],
  app: ['core', 'app', 'host'],
  adapters: ['core', 'adapters', 'host'],
  ui: ['core', 'app', 'ui', 'host'],
  cli: ['core', 'app', 'cli', 'wiring', 'host'],
  wiring: ['core', 'app', 'adapters', 'wiring', 'host'],
  extension: ['core', 'app', 'ui', 'wiring'],
};

const contract = 'cluster/contract.ts';
/** All that the product may know of the cluster, which is another program. */
const isContract = (from: string, to: string): boolean => to === contract && layerOf(from) !== 'host';

test('every file lies in a layer', () => {
  expect(files.filter((file) => !(layerOf(file) in allowed))).toEqual([]);
  expect(files.length).toBeGreaterThan(100);
});

test('each layer imports only what it may', () => {
  const wrong = imports.filter(
    ({ from, to, isLocal }) =>
      isLocal && to.endsWith('.ts') && !allowed[layerOf(from)]?.includes(layerOf(to)) && !isContract(from, to),
  );
  expect(tell(wrong)).toEqual([]);
});

test('of the cluster the product imports its contract, which imports nothing', () => {
  expect(imports.filter(({ from, to }) => from !== contract && to === contract).length).toBeGreaterThan(5);
  expect(tell(imports.filter(({ from }) => from === contract))).toEqual([]);
});

test('core, app and ui import of host only what is pure', () => {
  const isPure = (file: string, seen: readonly string[] = []): boolean =>
    seen.includes(file) ||
    imports.filter(({ from }) => from === file).every(({ to, isLocal }) => isLocal && isPure(to, [...seen, file]));
  const wrong = imports.filter(
    ({ from, to }) => ['core', 'app', 'ui'].includes(layerOf(from)) && layerOf(to) === 'host' && !isPure(to),
  );
  expect(tell(wrong)).toEqual([]);
});

test('a package is imported by its name from outside, and by its path from inside', () => {
  const wrong = files.flatMap((file) => {
    const text = readFileSync(pathOf(file), 'utf8');
    const name = packages.find((each) => layerOf(file) === each);
    return [...text.matchAll(/(?:from|import) ?\(?'([^']+)'/g)]
      .map(([, to = '']) => to)
      .filter((to) => /(^|\/)packages\//.test(to) || to.startsWith(`@coppice/${name}`))
      .map((to) => `${file} imports ${to}`);
  });
  expect(wrong).toEqual([]);
});

test('nothing outside of src is imported but the schema of the environment file, the version, and by each room of pages their protocol', () => {
  const engine = '../node_modules/@ngrok/webernetes/';
  const outside = imports.filter(({ to, isLocal }) => isLocal && to.startsWith('..') && !to.startsWith(engine));
  expect([...new Set(outside.map(({ to }) => to))].sort()).toEqual([
    '../media/schemas/coppice.schema.json',
    '../package.json',
    '../webview/logsProtocol',
    '../webview/overviewProtocol',
    '../webview/protocol',
  ]);
  const ofPage = outside.filter(({ to }) => to.startsWith('../webview'));
  expect([...new Set(ofPage.map(({ from, to }) => `${roomOf(from)} ${to}`))].sort()).toEqual([
    'ui/dashboard ../webview/protocol',
    'ui/logPages ../webview/logsProtocol',
    'ui/overview ../webview/overviewProtocol',
  ]);
});

test("one room reaches into what the embedded cluster's engine does not export: to mend it", () => {
  const inside = imports.filter(({ to }) => to.includes('node_modules/'));
  expect([...new Set(inside.map(({ from }) => roomOf(from)))]).toEqual(['cluster/engine']);
});

test('the pages import nothing but themselves, and each library in one file', () => {
  const found = readdirSync(webview)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const source = readFileSync(join(webview, file), 'utf8');
      return [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, to = '']) => ({ file, to }));
    });
  expect(found.length).toBeGreaterThan(20);
  expect(found.filter(({ to }) => !to.startsWith('./'))).toEqual([
    { file: 'chart.ts', to: 'uplot' },
    { file: 'toolkit.ts', to: '@vscode/webview-ui-toolkit' },
  ]);
});

test('an adapter imports no other adapter, exec excepted', () => {
  const wrong = imports.filter(
    ({ from, to, isLocal }) =>
      isLocal &&
      layerOf(from) === 'adapters' &&
      layerOf(to) === 'adapters' &&
      roomOf(from) !== roomOf(to) &&
      roomOf(to) !== 'adapters/exec',
  );
  expect(tell(wrong)).toEqual([]);
});

test('core, app and ui know nothing of Node.js', () => {
  const wrong = imports.filter(
    ({ from, to }) => ['core', 'app', 'ui'].includes(layerOf(from)) && to.startsWith('node:'),
  );
  expect(tell(wrong)).toEqual([]);
});

test('only ui and extension.ts know the editor', () => {
  const wrong = imports.filter(
    ({ from, to }) => isPackage('vscode', to) && !['ui', 'extension'].includes(layerOf(from)),
  );
  expect(tell(wrong)).toEqual([]);
});

test('an SDK is imported by its own adapter only, and nothing else is imported at all', () => {
  const wrong = imports.filter(({ from, to, isLocal }) => {
    if (isLocal || to.startsWith('node:') || isPackage('vscode', to)) return false;
    const own = sdkOf[roomOf(from)] ?? sdkOf[layerOf(from)] ?? [];
    return !own.some((name) => isPackage(name, to));
  });
  expect(tell(wrong)).toEqual([]);
});

/** Libraries that take longer to load than what most kubeconfigs are read for, which needs none. */
const seldom = 'adapters/kubernetes/connection/seldomLoaded.ts';

test('only wiring, cli.ts and extension.ts load anything lazily, one adapter its libraries, and wiring every adapter', () => {
  const lazy = imports.filter(
    ({ from, isDynamic }) =>
      isDynamic && !['cli.ts', 'extension.ts', seldom].includes(from) && !['wiring', 'cluster'].includes(layerOf(from)),
  );
  expect(tell(lazy)).toEqual([]);
  const eager = imports.filter(
    ({ from, to, isDynamic, isType }) =>
      layerOf(from) === 'wiring' && layerOf(to) === 'adapters' && !isDynamic && !isType,
  );
  expect(tell(eager)).toEqual([]);
});

// What an agent waits beside builds none of it.
test('the product is built by the programs alone; all others are given the nouns of it that they need', () => {
  const builders = imports.filter(({ from, to }) => layerOf(to) === 'wiring' && layerOf(from) !== 'wiring');
  expect(builders.map(({ from, to }) => [from, to]).sort()).toEqual([
    ['cli/main.ts', 'wiring/wireProduct.ts'],
    ['cli/noteAgent.ts', 'wiring/noteAgentEvent.ts'],
    ['extension.ts', 'wiring/wireProduct.ts'],
  ]);
});

test('a setting is asked when it is used: nothing that is built once holds what it said then, but for the home', () => {
  const held: string[] = [];
  for (const file of files.filter((each) => layerOf(each) === 'wiring')) {
    const source = ts.createSourceFile(file, readFileSync(pathOf(file), 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node, isBuilding: boolean): void => {
      const { parent } = node;
      if (ts.isFunctionDeclaration(node)) isBuilding = true;
      else if (ts.isFunctionLike(node))
        isBuilding =
          ts.isCallExpression(parent) && ts.isIdentifier(parent.expression) && parent.expression.text === 'once';
      const isAsked =
        ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'settings';
      if (isAsked && isBuilding) held.push(`${file}: ${parent.getText()}`);
      ts.forEachChild(node, (child) => visit(child, isBuilding));
    };
    visit(source, true);
  }
  expect(held).toEqual(['wiring/wireMachine.ts: homeOf(settings(), env)']);
});

test('child processes are started in one room of the product, and in the packages', () => {
  const wrong = imports.filter(
    ({ from, to, isType }) =>
      to === 'node:child_process' && !isType && roomOf(from) !== 'adapters/exec' && !packages.includes(layerOf(from)),
  );
  expect(tell(wrong)).toEqual([]);
});

test('commands are registered in one file: none runs unreported, or in a folder that is not trusted', () => {
  const registering = files.filter((file) => readFileSync(pathOf(file), 'utf8').includes('registerCommand('));
  expect(registering).toEqual(['ui/commands/registerCommands.ts']);
});

/** Each as `a -> b -> a`. */
function cyclesOf(edges: readonly (readonly [from: string, to: string])[]): string[] {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const cycles: string[] = [];
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) return void cycles.push([...path.slice(path.indexOf(node)), node].join(' -> '));
    if (done.has(node)) return;
    for (const to of next.get(node) ?? []) walk(to, [...path, node]);
    done.add(node);
  };
  for (const node of next.keys()) walk(node, []);
  return cycles;
}

test('no file imports itself, not even around a corner, types included', () => {
  const between = imports.filter(({ isLocal }) => isLocal);
  expect(cyclesOf(between.map(({ from, to }) => [from, to]))).toEqual([]);
});

test('no folder stands on one that stands on it, types included', () => {
  const between = imports.filter(
    ({ from, to, isLocal }) => isLocal && to.endsWith('.ts') && dirname(from) !== dirname(to),
  );
  expect(between.length).toBeGreaterThan(500);
  // The contract is a room of its own: it imports nothing.
  const folderOf = (file: string): string => (file === contract ? file : dirname(file));
  expect(cyclesOf(between.map(({ from, to }) => [folderOf(from), folderOf(to)]))).toEqual([]);
});

test('each room of the UI is above or below another, types included, and nothing lies loose beside them', () => {
  const between = imports.filter(
    ({ from, to }) => layerOf(from) === 'ui' && layerOf(to) === 'ui' && dirname(from) !== dirname(to),
  );
  expect(between.length).toBeGreaterThan(50);
  expect(cyclesOf(between.map(({ from, to }) => [dirname(from), dirname(to)]))).toEqual([]);
  expect(files.filter((file) => dirname(file) === 'ui')).toEqual(['ui/activateUi.ts']);
});

test("the cluster's rooms stand on each other in one direction, types included", () => {
  const next = new Map<string, Set<string>>();
  for (const { from, to, isLocal } of imports) {
    const [one, other] = [roomOf(from), roomOf(to)];
    const isRoom = isLocal && [from, to].every((file) => /^cluster\/\w+\//.test(file));
    if (isRoom && one !== other) next.set(one, (next.get(one) ?? new Set()).add(other));
  }
  const reaches = (room: string, seen = new Set<string>()): Set<string> => {
    for (const to of next.get(room) ?? []) if (!seen.has(to)) reaches(to, seen.add(to));
    return seen;
  };
  expect(next.size).toBeGreaterThan(10);
  expect([...next.keys()].filter((room) => reaches(room).has(room))).toEqual([]);
});

/** What a file declares and exports. */
function exportedNames(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(pathOf(file), 'utf8'), ts.ScriptTarget.Latest, true);
  const names = source.statements.flatMap((node) => {
    const isExported = ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === exportKeyword);
    if (isExported !== true) return [];
    if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText());
    const isNamed = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || isTypeDeclaration(node);
    return isNamed && node.name ? [node.name.text] : [];
  });
  return [...new Set(names)];
}
const exportKeyword = ts.SyntaxKind.ExportKeyword;
const isTypeDeclaration = (node: ts.Node): node is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
  ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);

test('a program has no two exported things of one name', { timeout: 180_000 }, () => {
  // What handles a command of the editor is called as the command, which is called as what it does.
  const named = files.filter((file) => !file.startsWith('ui/commands/'));
  for (const isOfProgram of [
    (layer: string) => layer !== 'cluster',
    (layer: string) => ['cluster', 'host'].includes(layer),
  ]) {
    const places = new Map<string, string[]>();
    for (const file of named.filter((each) => isOfProgram(layerOf(each))))
      for (const name of exportedNames(file)) places.set(name, [...(places.get(name) ?? []), file]);
    expect(places.size).toBeGreaterThan(300);
    expect([...places].filter(([, each]) => each.length > 1)).toEqual([]);
  }
});

test('tests of the command line know the program alone, and what supports tests', () => {
  const folder = join(root, 'test', 'contract', 'cli');
  const found = readdirSync(folder).flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    const named = [...source.matchAll(/^(?:import|export|\}).*?'([^']+)';$|import\('([^']+)'\)/gm)];
    return named.map(([, to, lazily]) => ({ file, to: to ?? lazily ?? '' }));
  });
  expect(found.length).toBeGreaterThan(100);
  expect(found.filter(({ to }) => !/^(?:node:|vitest$|\.\/\w+$|\.\.\/\.\.\/support\/)/.test(to))).toEqual([]);
});

test('extension.ts only wires, and no file is longer than a head can hold', () => {
  const lines = (file: string): number => readFileSync(pathOf(file), 'utf8').split('\n').length - 1;
  expect(lines('extension.ts')).toBeLessThanOrEqual(60);
  for (const file of files.filter((each) => each.startsWith('ui/commands/') && !each.endsWith('commandHandlers.ts'))) {
    expect(lines(file), file).toBeLessThanOrEqual(60);
  }
  expect(files.filter((file) => lines(file) > 300)).toEqual([]);
  // What is decided belongs to app, what is done to adapters: a long file here does either.
  expect(files.filter((file) => layerOf(file) === 'wiring' && lines(file) > 200)).toEqual([]);
});

test('no file of tests is longer than 400 lines', () => {
  const own = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => /\.(ts|[cm]js)$/.test(file) && !/(^|\/)(node_modules|fixtures)\//.test(file));
  expect(own.length).toBeGreaterThan(300);
  const lines = (file: string): number => readFileSync(join(root, 'test', file), 'utf8').split('\n').length;
  expect(own.filter((file) => lines(file) > 400)).toEqual([]);
});
