import http from 'node:http';

/** What is made when it is asked for: that has to wait until somebody asks. */
const plain = Object.entries(Object.getOwnPropertyDescriptors(http)).flatMap(([name, { get }]) => (get ? [] : [name]));

/**
 * Importing node:http loads undici too, whoever calls it or not: an ES module's import reads all that a module of Node.js has, its
 * lazily made WebSocket included (22 to 24 at least). That takes longer than a start of Node.js and 14 MB, so the bundles get the
 * module as a program would that requires it.
 *
 * @type {import('esbuild').Plugin}
 */
export const lightHttp = {
  name: 'light-http',
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'require-call' ? undefined : { path: 'http', namespace: 'light-http', sideEffects: false },
    );
    build.onLoad({ filter: /.*/, namespace: 'light-http' }, () => ({
      contents: `const http = process.getBuiltinModule('node:http');
        export default http;
        export const { ${plain.join(', ')} } = http;`,
    }));
  },
};
