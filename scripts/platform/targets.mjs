/**
 * The systems that a package with Helm and PostgreSQL can be made for, as VS Code calls them: how npm's packages of PostgreSQL and Go
 * call each of them.
 */
export const targets = {
  'linux-x64': { postgres: 'linux-x64', goos: 'linux', goarch: 'amd64' },
  'linux-arm64': { postgres: 'linux-arm64', goos: 'linux', goarch: 'arm64' },
  'darwin-x64': { postgres: 'darwin-x64', goos: 'darwin', goarch: 'amd64' },
  'darwin-arm64': { postgres: 'darwin-arm64', goos: 'darwin', goarch: 'arm64' },
  'win32-x64': { postgres: 'windows-x64', goos: 'windows', goarch: 'amd64' },
};

/** @typedef {keyof typeof targets} Target */

/**
 * @param {string | undefined} name
 * @returns {name is Target}
 */
export function isTarget(name) {
  return name !== undefined && Object.hasOwn(targets, name);
}
