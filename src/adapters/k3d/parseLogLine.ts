export interface LogLine {
  readonly level: string;
  readonly message: string;
}

// ESC [ … letter (ECMA-48).
const colour = /\u001b\[[0-9;]*m/g;

/**
 * A line of k3d's log: `time="…" level=info msg="Prep: Network"`, or as it looks in colour, `INFO[0000] Prep: Network`.
 * undefined when it is none.
 */
export function parseLogLine(line: string): LogLine | undefined {
  const plain = line.replace(colour, '').trim();
  const fields = /(?:^|\s)level=(\w+)\s+msg=(?:("(?:[^"\\]|\\.)*")|(\S+))/.exec(plain);
  if (fields) {
    const [, level = '', quoted, bare = ''] = fields;
    return { level, message: quoted === undefined ? bare : unquote(quoted) };
  }
  const short = /^(DEBU|INFO|WARN|ERRO|FATA)\[\d+\]\s+(.*)$/.exec(plain);
  if (!short) return undefined;
  const levels: Readonly<Record<string, string>> = {
    DEBU: 'debug',
    INFO: 'info',
    WARN: 'warning',
    ERRO: 'error',
    FATA: 'fatal',
  };
  return { level: levels[short[1] ?? ''] ?? 'info', message: (short[2] ?? '').trim() };
}

/** As Go quotes: JSON's rules cover what k3d writes; anything else stays as it stands. */
function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}
