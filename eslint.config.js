import tseslint from 'typescript-eslint';

/** A ban on a package's name misses its subpaths, so every ban is a pattern over the whole specifier. */
const sdk =
  '(@cfworker/json-schema|@kubernetes/client-node|simple-git|pg|yaml|@ngrok/webernetes|selfsigned|http-proxy-3|ws|commander|protobufjs|ignore)';
const packageBan = (names, message) => ({ regex: `^${names}(/|$)`, message });
const node = { regex: '^node:', message: 'Node.js belongs to adapters, wiring and the CLI.' };
const vscode = packageBan('vscode', 'Only ui and extension.ts know the editor.');
const sdks = packageBan(sdk, 'Only its own adapter imports an SDK.');
const folder = (name) => ({ regex: `(^|/)${name}(/|$)`, message: `This layer must not import ${name}.` });

const packages = [
  { regex: '(^|/)packages/', message: "A package is imported by its name: '@coppice/host/tellingLine'." },
  {
    regex: '^@coppice/cluster(?!/contract$)',
    message: 'The cluster is another program: its contract is what there is of it.',
  },
];
const product = { regex: '(^|/)src/', message: 'A package must not import the product.' };

/** What each layer must not import; test/architecture.test.ts holds the same, cycles included. */
const layers = {
  core: [node, vscode, sdks, ...['app', 'wiring', 'adapters', 'ui', 'cli'].map(folder), ...packages],
  app: [node, vscode, sdks, ...['wiring', 'adapters', 'ui', 'cli'].map(folder), ...packages],
  wiring: [vscode, sdks, ...['ui', 'cli'].map(folder), ...packages],
  adapters: [vscode, ...['app', 'wiring', 'ui', 'cli'].map(folder), ...packages],
  ui: [node, sdks, ...['wiring', 'adapters', 'cli'].map(folder), ...packages],
};

/** What the language has and this house does not. */
const syntax = [
  { selector: 'TSEnumDeclaration', message: 'Unions of literals instead of enums.' },
  { selector: 'ExportDefaultDeclaration', message: 'One file exports the thing it is named after, by name.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels.' },
  {
    selector:
      "BinaryExpression[operator=/^([+<>]|[<>]=)$/] > CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'A clock can be put forwards and back: a wait goes by performance.now().',
  },
];
/** One that is refused while an earlier one is awaited is heard by nobody, which ends the run of the tests. */
const unheard = {
  selector:
    "ForOfStatement[right.elements.0.type='CallExpression'] MemberExpression[property.name='rejects'] > CallExpression > Identifier.arguments",
  message: 'Loop over functions, and call each where its refusal is expected.',
};
const mocksModules = {
  selector: "MemberExpression[object.name='vi'][property.name=/^(mock|doMock|hoisted|resetModules)$/]",
  message: 'Files of these folders share a process, and its modules: give what is tested another port.',
};
const loadsLazily = { selector: 'ImportExpression', message: 'Only wiring and extension.ts load anything lazily.' };
/** Those two, and an adapter for what most of its requests do without. */
const loading = [
  'src/wiring/**/*.ts',
  'src/cli.ts',
  'src/extension.ts',
  'src/adapters/kubernetes/connection/seldomLoaded.ts',
];
/** Of others' texts, such as names, reasons and what programs print, a notification makes links that run commands. */
const linksOfOthers = {
  selector:
    "CallExpression[callee.property.name=/^show(Information|Warning|Error)Message$/]:not([arguments.0.type=/^(Literal|ConditionalExpression)$/]):not([arguments.0.callee.name='linkless'])",
  message: 'What a notification shows goes through linkless where it is shown.',
};
/** A clock can be put forwards and back: by it nothing is waited for. Those that follow write down moments, or read written ones. */
const moments = [
  'packages/cluster/src/auth/authentication.ts',
  'packages/cluster/src/auth/reviews.ts',
  'packages/cluster/src/engine/engineTime.ts',
  'packages/cluster/src/gateway/visits.ts',
  'packages/cluster/src/history/history.ts',
  'packages/cluster/src/http/historyDocument.ts',
  'packages/cluster/src/idle/sleepByCoppice.ts',
  'packages/cluster/src/lifecycle/deletion.ts',
  'packages/cluster/src/lifecycle/eventExpiry.ts',
  'packages/cluster/src/logs/logStore.ts',
  'packages/cluster/src/main.ts',
  'packages/cluster/src/metrics/clusterMetrics.ts',
  'packages/cluster/src/process/processRun.ts',
  'packages/cluster/src/state/credentials.ts',
  'packages/cluster/src/state/instanceLock.ts',
  'src/adapters/embedded/clusterFiles.ts',
  'src/adapters/exec/carriedProgram.ts',
  'src/adapters/exec/fileKeptTexts.ts',
  'src/adapters/exec/hostLauncher.ts',
  'src/adapters/exec/ownProcess.ts',
  'src/adapters/exec/temporaryFolder.ts',
  'src/adapters/git/locks/fileLocks.ts',
  'src/adapters/git/trash/keepWorktree.ts',
  'src/adapters/git/history/lastChange.ts',
  'src/adapters/git/locks/lockHolder.ts',
  'src/adapters/git/trash/sweepDeleted.ts',
  'src/adapters/git/trash/trash.ts',
  'src/adapters/git/trash/trashEntry.ts',
  'src/adapters/helm/helmReleases.ts',
  'src/adapters/helm/revision.ts',
  'src/adapters/kubernetes/connection/credentialPlugin.ts',
  'src/adapters/kubernetes/connection/fileEnvironmentKubeconfigs.ts',
  'src/adapters/kubernetes/telemetry/loadFeed.ts',
  'src/adapters/kubernetes/telemetry/sampleFeed.ts',
  'src/adapters/kubernetes/workloads/serviceDescription.ts',
  'src/adapters/postgres/dataFolder.ts',
  'src/adapters/postgres/postgresBinaries.ts',
  'src/app/services/waitReady.ts',
  'src/app/snapshot/environmentStore.ts',
  'src/cli/main.ts',
  'src/cli/noteAgent.ts',
  'src/ui/cleanup/cleanUpFlow.ts',
  'src/ui/create/keptPrompts.ts',
  'src/ui/dashboard/commitFeed.ts',
  'src/ui/dashboard/pastFeed.ts',
  'src/ui/delete/emptyInteractively.ts',
  'src/ui/overview/overviewPanel.ts',
  'src/ui/tree/nodes.ts',
  'src/ui/window/collectQuietly.ts',
  'src/ui/window/windowEnvironment.ts',
  'src/wiring/wireMachine.ts',
  'src/wiring/wireTelemetry.ts',
];
const kind = 'Literal[value=/^(embedded|k3d|context)$/]';
const ofKind = 'Ask for a trait of the cluster (core/clusterTraits) instead of its kind.';
const kinds = [
  { selector: `BinaryExpression[operator=/^[!=]==?$/] > ${kind}`, message: ofKind },
  { selector: `SwitchCase > ${kind}.test`, message: ofKind },
  {
    selector: `CallExpression[callee.property.name='includes'] > MemberExpression > ArrayExpression > ${kind}`,
    message: ofKind,
  },
  {
    selector: "Property[key.name='kind'] > Literal[value='embedded'].value",
    message: 'Use embeddedIdentity of core/clusterTraits.',
  },
];

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'out/**',
      'node_modules/**',
      'test/vscode/**',
      'test/tools/**',
      'scripts/sample/**',
      '**/*.js',
      '**/*.mjs',
      '**/*.cjs',
      '!eslint.config.js',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': ['error', ...syntax],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['manifest/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [node, vscode, sdks, { regex: 'src/(?!core/)', message: 'The rows know nothing but core.' }] },
      ],
    },
  },
  {
    files: ['webview/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [node, vscode, sdks, { regex: '^\\.\\.', message: 'The page is by itself.' }] },
      ],
    },
  },
  ...Object.entries(layers).map(([layer, patterns]) => ({
    files: [`src/${layer}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  })),
  {
    files: ['src/**/*.ts'],
    ignores: loading,
    rules: {
      'no-restricted-syntax': ['error', ...syntax, loadsLazily, ...kinds],
    },
  },
  {
    files: ['src/ui/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...syntax, loadsLazily, ...kinds, linksOfOthers] },
  },
  {
    files: ['src/**/*.ts', 'packages/**/*.ts'],
    ignores: moments,
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Date',
          property: 'now',
          message: 'A clock can be put forwards and back: a wait goes by performance.now().',
        },
      ],
    },
  },
  {
    files: ['packages/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [vscode, product] }] },
  },
  {
    files: loading,
    rules: { 'no-restricted-syntax': ['error', ...syntax, ...kinds] },
  },
  {
    files: ['src/core/clusterTraits.ts'],
    rules: { 'no-restricted-syntax': ['error', ...syntax, loadsLazily] },
  },
  {
    // Which adapter is made for which kind is said here, and only here.
    files: ['src/wiring/connectTo.ts'],
    rules: { 'no-restricted-syntax': ['error', ...syntax] },
  },
  {
    // What comes over the wire is `unknown`: it is printed as it came.
    files: ['packages/cluster/**/*.ts'],
    rules: { '@typescript-eslint/no-base-to-string': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['eslint.config.js', '*.config.ts', 'test/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', unheard],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // vitest.config.ts says why; what else one could leave behind is seen by test/support/leavesNothing.ts.
    files: ['core', 'app', 'manifest'].map((folder) => `test/unit/${folder}/**/*.ts`),
    rules: { 'no-restricted-syntax': ['error', unheard, mocksModules] },
  },
);
