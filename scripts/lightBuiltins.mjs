/**
 * An ES module's import of one of Node.js's own modules reads all that it has, whoever calls it or not, and what is made when it is
 * asked for is made then (22 to 24 at least): of node:http its WebSocket, which is all of undici and longer than a start of Node.js;
 * of node:crypto all of Web Crypto, of node:fs a stream and an interface of lines, of node:util a comparison of texts and the
 * threads, of node:process the report, and the three standard streams are opened. So the bundles get these modules as a program would that
 * requires them. What is made late is not to be had from them by its name: the build says so.
 */
const modules = ['http', 'fs', 'crypto', 'util', 'process'];

/** @param {string} name */
function plainOf(name) {
  const descriptors = Object.getOwnPropertyDescriptors(process.getBuiltinModule(`node:${name}`));
  return Object.entries(descriptors).flatMap(([key, { get }]) => (get || !/^[a-z$_][\w$]*$/i.test(key) ? [] : [key]));
}

/** @type {import('esbuild').Plugin} */
export const lightBuiltins = {
  name: 'light-builtins',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(node:)?(${modules.join('|')})$`) }, ({ kind, path }) =>
      kind === 'require-call'
        ? undefined
        : { path: path.replace(/^node:/, ''), namespace: 'light-builtins', sideEffects: false },
    );
    build.onLoad({ filter: /.*/, namespace: 'light-builtins' }, ({ path }) => ({
      // Only what is named somewhere is read.
      contents: [
        `const builtin = process.getBuiltinModule('node:${path}');`,
        'export default builtin;',
        ...plainOf(path).map((key) => `export const ${key} = /* @__PURE__ */ (() => builtin.${key})();`),
      ].join('\n'),
    }));
  },
};
