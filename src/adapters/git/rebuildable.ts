/** Folders that tools fill and can fill again. */
const folders = new Set([
  'node_modules',
  'bower_components',
  'dist',
  'build',
  'out',
  'target',
  '.venv',
  'venv',
  '__pycache__',
  '.next',
  '.nuxt',
  '.svelte-kit',
  '.astro',
  '.output',
  '.cache',
  '.parcel-cache',
  '.turbo',
  '.nx',
  '.vite',
  'coverage',
  '.nyc_output',
  '.gradle',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.tox',
  '.eggs',
  '.terraform',
  '.dart_tool',
  '.vscode-test',
  'test-results',
  'playwright-report',
]);

const files =
  /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|\.eslintcache|\.coverage|.*\.(?:log|pyc|pyo|tsbuildinfo|swp|tmp))$/;
const namedFolders = /\.egg-info$/;

/** Whether an ignored file or folder (which ends in a slash) is one that nobody would miss. */
export function isRebuildable(path: string): boolean {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  return parts.some((part) => folders.has(part) || namedFolders.test(part)) || files.test(name);
}
