type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What services that run on this machine get of the environment of whoever creates or updates theirs, or restarts them, and why.
 * Nothing else: what is not here could be a token, another repository's or database's setting, or an editor's own.
 */
const table: readonly { readonly names: readonly string[]; readonly why: string }[] = [
  { names: ['PATH'], why: 'the programs that a person starts are those that their services find: nvm, direnv, a venv' },
  { names: ['NODE_EXTRA_CA_CERTS'], why: "Node.js knows a company's certificate authority by nothing else" },
  { names: ['SSL_CERT_FILE', 'SSL_CERT_DIR'], why: 'the same for OpenSSL, Go, Ruby and Python' },
  {
    names: ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'FTP_PROXY', 'NO_PROXY'].flatMap((name) => [
      name,
      name.toLowerCase(),
    ]),
    why: 'without its proxy nothing is installed in many a company; programs read one of both spellings',
  },
];

/** Those that are set. Values may be secret: a proxy's address can hold a password. */
export function callerVariables(from: Environment): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const name of table.flatMap(({ names }) => names)) {
    // Windows writes "Path".
    const value = from[name] ?? (name === 'PATH' ? from['Path'] : undefined);
    if (value !== undefined && value !== '') result[name] = value;
  }
  return result;
}
