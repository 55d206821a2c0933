// What is checked from inside the extension host, in VS Code for the browser and on a desktop alike.
const assert = require('node:assert/strict');

const id = 'coppice.coppice';

/**
 * @typedef {typeof import('vscode')} Api
 * @type {{ name: string, check: (vscode: Api) => void | Promise<void> }[]}
 */
exports.checks = [
  {
    name: 'the extension is installed with an entry that is a module',
    check: (vscode) => {
      assert.equal(extension(vscode).packageJSON.type, 'module');
    },
  },
  {
    name: 'it activates without an error',
    check: async (vscode) => {
      await extension(vscode).activate();
      assert.equal(extension(vscode).isActive, true);
    },
  },
  {
    name: 'every command of the manifest is registered',
    check: async (vscode) => {
      const declared = declaredCommands(vscode);
      assert.ok(declared.length > 0, 'the manifest declares commands');
      const registered = new Set(await vscode.commands.getCommands(true));
      assert.deepEqual(
        declared.filter((command) => !registered.has(command)),
        [],
      );
    },
  },
  {
    name: 'every text of the manifest is there in the language of the person, or else in English',
    check: (vscode) => {
      const { contributes, capabilities } = extension(vscode).packageJSON;
      assert.deepEqual(JSON.stringify({ contributes, capabilities }).match(/"%[^"]+%"/g) ?? [], []);
      for (const { command, title } of contributes.commands) assert.match(title, /^(?:✓ )?[A-Z]/, command);
    },
  },
  {
    name: 'what the manifest adds to a setting of the editor stands beside what it had',
    check: (vscode) => {
      const { configurationDefaults } = extension(vscode).packageJSON.contributes;
      for (const [key, added] of Object.entries(configurationDefaults)) {
        const now = vscode.workspace.getConfiguration().inspect(key)?.defaultValue ?? {};
        for (const pattern of Object.keys(added)) assert.equal(now[pattern], true, pattern);
        assert.ok(Object.keys(now).length > Object.keys(added).length, `${key} has what the editor gave it`);
      }
    },
  },
  {
    name: 'every setting has the default that the manifest gives it',
    check: (vscode) => {
      const { configuration } = extension(vscode).packageJSON.contributes;
      const sections = Array.isArray(configuration) ? configuration : [configuration];
      const properties = Object.assign({}, ...sections.map((section) => section.properties));
      assert.ok(Object.keys(properties).length > 0, 'the manifest declares settings');
      for (const [key, { default: fallback }] of Object.entries(properties)) {
        assert.deepEqual(vscode.workspace.getConfiguration().inspect(key)?.defaultValue, fallback, key);
      }
    },
  },
];

/** @param {Api} vscode */
function extension(vscode) {
  const found = vscode.extensions.getExtension(id);
  assert.ok(found, `${id} is not installed`);
  return found;
}

/**
 * @param {Api} vscode
 * @returns {string[]}
 */
function declaredCommands(vscode) {
  /** @type {{ command: string }[]} */
  const commands = extension(vscode).packageJSON.contributes?.commands ?? [];
  return commands.map(({ command }) => command);
}

/**
 * Runs all checks, one after the other.
 * @param {Api} vscode
 * @returns {Promise<Record<string, string>>} by the check's name what was wrong, '' for nothing
 */
exports.runChecks = async (vscode) => {
  /** @type {Record<string, string>} */
  const results = {};
  for (const { name, check } of exports.checks) {
    try {
      await check(vscode);
      results[name] = '';
    } catch (error) {
      results[name] = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  }
  return results;
};
