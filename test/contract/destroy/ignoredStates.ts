import type { Loss } from '../../../src/core/errors';
import { ignore, type State } from './state';

const ignoredPatterns = [
  ...['out', 'dist', 'build', 'target', 'venv', 'node_modules', '.next', 'coverage', 'test-results', '.cache'],
  ...['*.swp', '*.log', '.env'],
];

export const ignoredFiles = (
  [
    ['its own .env', ['ignored'], { '.env': 'SECRET=1' }],
    ['a key in out/ alone', ['ignored'], { 'out/signing.key': 'secret' }],
    [
      'a key beside what a bundler wrote',
      ['ignored'],
      { 'dist/a.js': 'x', 'dist/a.js.map': '{}', 'dist/tls.pem': 'k' },
    ],
    ['a draft in build/ alone', ['ignored'], { 'build/plan.md': 'x' }],
    ['an editor swap file', ['ignored'], { '.a.txt.swp': 'b0VIM' }],
    ['a draft in node_modules/', ['ignored'], { 'node_modules/plan.md': 'x', 'node_modules/a/package.json': '{}' }],
    ['a folder of drafts in node_modules/', ['ignored'], { 'node_modules/mine/plan.md': 'x' }],
    ['a folder of drafts that is called so', ['ignored'], { 'target/plan/one.md': 'x' }],
    [
      'the data of a database server beside what a bundler wrote',
      ['ignored'],
      { 'build/a.js': 'x', 'build/data/PG_VERSION': '18\n', 'build/data/base/1/1259': 'rows' },
    ],
    ['a repository that is not git’s in .cache/', ['ignored'], { '.cache/work/.hg/store/00changelog.i': 'x' }],
    ['empty files in out/', [], { 'out/one': '', 'out/two.txt': '' }],
    ['a copy of a committed file in build/', [], { 'build/README': 'hello\n' }],
    ['what a bundler wrote', [], { 'dist/a.js': 'x', 'dist/robots.txt': 'y', 'dist/img/logo.png': 'z' }],
    ['what Cargo wrote', [], { 'target/CACHEDIR.TAG': 'x', 'target/debug/app': 'y', 'target/debug/test.pem': 'z' }],
    ['what CMake wrote', [], { 'build/CMakeCache.txt': 'x', 'build/Makefile': 'y', 'build/app': 'z' }],
    ['what Maven wrote', [], { 'target/classes/A.class': 'x', 'target/surefire-reports/A.txt': 'y' }],
    ['a virtual environment', [], { 'venv/pyvenv.cfg': 'x', 'venv/lib/certifi/cacert.pem': 'y' }],
    [
      'packages with test keys',
      [],
      { 'node_modules/a/package.json': '{}', 'node_modules/a/test.key': 'x', 'node_modules/.package-lock.json': 'y' },
    ],
    [
      'a page that Next.js made',
      [],
      { '.next/BUILD_ID': 'x', '.next/standalone/.env': 'y', '.next/cache/1.pack': 'z' },
    ],
    [
      'dependencies of which a create that was killed had brought a half',
      [],
      { '.coppice-partial/.gitignore': '*\n', '.coppice-partial/0/greeter/index.js': 'x' },
    ],
    ['what a test run left', [], { 'coverage/lcov.info': 'x', 'test-results/a/trace.zip': 'y', 'npm.log': 'z' }],
  ] satisfies [string, Loss['kind'][], Record<string, string>][]
).map(([what, losses, files]): State => ({
  name: `ignored: ${what}`,
  losses,
  bring: async (place) => {
    await ignore(place, ...ignoredPatterns);
    for (const [path, text] of Object.entries(files)) await place.git.write(path, text, place.folder);
  },
}));
