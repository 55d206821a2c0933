/** What programs of these languages really printed, paths shortened, and the line that tells why. */
export const languageOutputs: readonly (readonly [program: string, output: string, told: string])[] = [
  [
    'node: an error that nothing caught',
    `/app/t.js:1
throw new Error("boom: it\\nis two lines");
^

Error: boom: it
is two lines
    at Object.<anonymous> (/app/t.js:1:7)
    at node:internal/main/run_main_module:28:49

Node.js v24.21.0`,
    'Error: boom: it',
  ],
  [
    'node: pg',
    `/app/node_modules/pg/lib/client.js:694
          Error.captureStackTrace(err)
                ^

error: relation "nope" does not exist
    at /app/node_modules/pg/lib/client.js:694:17
    at async /app/n.js:2:103 {
  length: 103,
  severity: 'ERROR',
  code: '42P01',
  routine: 'parserOpenTable'
}

Node.js v24.21.0`,
    'error: relation "nope" does not exist',
  ],
  [
    'node: no such package',
    `node:internal/modules/esm/resolve:873
  throw new ERR_MODULE_NOT_FOUND(packageName, fileURLToPath(base), null);
        ^

Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'nopkg' imported from /app/e.mjs
    at packageResolve (node:internal/modules/esm/resolve:873:9) {
  code: 'ERR_MODULE_NOT_FOUND'
}

Node.js v20.20.2`,
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'nopkg' imported from /app/e.mjs",
  ],
  [
    'node: a rejection of text',
    `node:internal/process/promises:389
      new UnhandledPromiseRejection(reason);
      ^

UnhandledPromiseRejection: This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "just text".
    at processPromiseRejections (node:internal/process/promises:470:17) {
  code: 'ERR_UNHANDLED_REJECTION'
}

Node.js v20.20.2`,
    'UnhandledPromiseRejection: just text',
  ],
  [
    'node: several errors in one',
    `/app/ag.js:1
throw new AggregateError([new Error("connect ECONNREFUSED ::1:5432")])
^

AggregateError
    at Object.<anonymous> (/app/ag.js:1:7) {
  [errors]: [
    Error: connect ECONNREFUSED ::1:5432
        at Object.<anonymous> (/app/ag.js:1:27),
    Error: connect ECONNREFUSED 127.0.0.1:5432
        at Object.<anonymous> (/app/ag.js:1:71)
  ]
}

Node.js v20.20.2`,
    'Error: connect ECONNREFUSED ::1:5432',
  ],
  [
    'node: an error with a cause',
    `/app/ca.js:1
try { JSON.parse("{") } catch (e) { throw new Error("wrapped", {cause: e}) }
                                    ^

Error: wrapped
    at Object.<anonymous> (/app/ca.js:1:43)
    ... 4 lines matching cause stack trace ...
    at node:internal/main/run_main_module:28:49 {
  [cause]: SyntaxError: Expected property name or '}' in JSON at position 1
      at JSON.parse (<anonymous>)
}

Node.js v20.20.2`,
    "Error: wrapped (SyntaxError: Expected property name or '}' in JSON at position 1)",
  ],
  [
    'node: an error that it went on after',
    `Error: cache: no such file, going on
    at /app/cache.js:3:9
ready
/app/s.js:4
x()
^

TypeError: x is not a function
    at Object.<anonymous> (/app/s.js:4:1)

Node.js v20.20.2`,
    'TypeError: x is not a function',
  ],
  ['node: words of its own', 'Migration failed!', 'Migration failed!'],
  [
    'go: log.Fatal',
    '2026/11/28 03:38:29 migrate: no such table\nexit status 1',
    '2026/11/28 03:38:29 migrate: no such table',
  ],
  [
    'go: a panic',
    `panic: assignment to entry in nil map

goroutine 1 [running]:
main.main()
\t/app/p.go:2 +0x28
exit status 2`,
    'panic: assignment to entry in nil map',
  ],
  [
    'go: the compiler',
    '# command-line-arguments\n./c.go:2:14: declared and not used: x',
    './c.go:2:14: declared and not used: x',
  ],
  [
    'rust',
    `error[E0432]: unresolved import \`nope\`
 --> src/main.rs:1:5

error: aborting due to 1 previous error`,
    'error[E0432]: unresolved import `nope`',
  ],
  [
    'java',
    `Exception in thread "main" java.lang.IllegalStateException: no table
\tat Main.main(Main.java:3)
Caused by: java.sql.SQLException: x
\t... 1 more`,
    'Exception in thread "main" java.lang.IllegalStateException: no table',
  ],
  ['a shell', 'sh: 1: nosuchcommand: not found', 'sh: 1: nosuchcommand: not found'],
  [
    'make',
    `cc: fatal error: no input files
make: *** [Makefile:2: migrate] Error 2`,
    'cc: fatal error: no input files',
  ],
  [
    'a log with times',
    '2026-11-28 03:00:00,123 INFO begin\n2026-11-28 03:00:01,456 ERROR no table\nbye',
    '2026-11-28 03:00:01,456 ERROR no table',
  ],
  [
    'a log of pairs',
    'level=info msg=begin\nlevel=error msg="no table"\nlevel=info msg=bye',
    'level=error msg="no table"',
  ],
  ['words that break off', 'Error: Command failed:\n  cannot open x', 'Error: Command failed: cannot open x'],
  ['nothing but a runner', 'exit status 1', 'exit status 1'],
];
