/** What a process was started with, and what it said since. */
export interface DebuggedProcess {
  /** Its command, argument by argument; a shell's is one of them. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The last lines of its log. */
  readonly lines: readonly string[];
}

/** Variables by which a program that others start is told of a debugger. */
const variables = ['NODE_OPTIONS', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', 'MAVEN_OPTS'];
/** `PORT`, or `HOST:PORT`, but no part of an address without one. */
const address = String.raw`(?:[^\s,"']*:)?(\d{1,5})(?![\d.])`;
const asked = [
  String.raw`--inspect(?:-brk|-wait)?=${address}`,
  String.raw`--(?:inspect|debug)-port[= ]${address}`,
  String.raw`\b(?:debugpy|ptvsd)\b.*?--(?:listen|port)[= ]${address}`,
  String.raw`\bjdwp\b[^\s"']*?\baddress=${address}`,
  String.raw`\bdlv\b.*?--listen[= ]${address}`,
].map((source) => new RegExp(source, 'g'));
/** Node.js and Deno, Java, and Go's Delve say where. */
const said = [
  /Debugger listening on ws:\/\/\S*?:(\d{1,5})(?:\/|\s|$)/g,
  /Listening for transport dt_socket at address: (?:\S*:)?(\d{1,5})\b/g,
  /(?:API|DAP) server listening at: \S*:(\d{1,5})\b/g,
];

/** Ports where a debugger waits, by the process's own words: what answers there is not the program. */
export function debuggerPorts({ argv, env, lines }: DebuggedProcess): number[] {
  // Bun is told where alone, with or without the scheme.
  const ofBun = `--inspect=${env['BUN_INSPECT'] ?? ''}`;
  const texts = [argv.join(' '), ofBun, ...variables.map((name) => env[name] ?? '')];
  const found = [
    ...texts.flatMap((text) => asked.flatMap((pattern) => [...text.matchAll(pattern)])),
    ...lines.flatMap((line) => said.flatMap((pattern) => [...line.matchAll(pattern)])),
  ];
  return [...new Set(found.map(([, port]) => Number(port)))].filter((port) => port > 0);
}
