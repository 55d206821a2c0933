import type { CauseKind } from './cause';

/** How a line that a program printed, or that the cluster says of it, is read. */
export interface ReasonRule {
  readonly kind: CauseKind;
  /** Every part of it is of bounded length: the line is anybody's. */
  readonly pattern: RegExp;
  /** The rest of a sentence that begins with the service's name. @param found what the pattern's group has found */
  readonly what: (found: string) => string;
  /** @param service by its name @param found what the pattern's group has found */
  readonly todo: (service: string, found: string) => string;
}

const editEnv = (service: string): string =>
  `Set it under services.${service}.env (or envFile) of coppice.yaml, then: coppice create`;
const seeLog = (service: string): string => `coppice logs ${service}`;

/** The first that fits counts: what is more particular comes before what it may be a consequence of. */
export const reasonRules: readonly ReasonRule[] = [
  {
    kind: 'outOfMemory',
    pattern:
      /\bOOMKilled\b|JavaScript heap out of memory|\b(?:Cannot|cannot|could not) allocate memory|\bMemoryError\b|\bjava\.lang\.OutOfMemoryError\b/,
    what: () => 'ran out of memory',
    todo: (service) =>
      `Have it need less, or give it more (NODE_OPTIONS=--max-old-space-size under services.${service}.env; on a real cluster the setting coppice.quota.memory), then: coppice create`,
  },
  {
    kind: 'quota',
    pattern: /exceeded quota: ([^,\n]{1,100})/,
    what: () => 'has no room in the quota of its namespace',
    todo: () => 'Raise the setting that the reason names, or scale something down, then: coppice create',
  },
  {
    kind: 'watchLimit',
    // Node.js says "too many open files" where it is the number of inotify instances, of which each watcher of git has one, too.
    pattern:
      /ENOSPC: System limit for number of file watchers|EMFILE: too many open files, watch\b|inotify (?:watch|instance)[^\n]{0,40}(?:limit|reached)/i,
    what: () => 'may watch no more files: the limit of this machine is reached',
    todo: () =>
      'coppice doctor says who watches; a higher limit: sysctl fs.inotify.max_user_watches, or fs.inotify.max_user_instances',
  },
  {
    kind: 'diskFull',
    pattern: /\bENOSPC\b|no space left on device|disk (?:is )?full|\bdisk quota exceeded\b/i,
    what: () => 'has no room left on the disk',
    todo: () => 'coppice clean lists what nobody uses; coppice trash list what can go for good',
  },
  {
    kind: 'portInUse',
    pattern:
      /port (\d{1,5}) is in use by|\bEADDRINUSE\b[^\n]{0,200}?:(\d{1,5})\b|\bEADDRINUSE\b|address already in use/i,
    what: (port) => (port === '' ? 'wants a port that is in use' : `wants port ${port}, which is in use`),
    todo: (service) =>
      `Have it listen at the variable PORT (services.${service}.port of coppice.yaml), which no two services share, then: coppice create`,
  },
  {
    kind: 'dependenciesMissing',
    pattern: /there is no node_modules in ([^\n:]{1,200}):/,
    what: (folder) => `fails because its dependencies are not installed (no node_modules in ${folder})`,
    todo: () =>
      'coppice create installs what is missing; commands of your own go under setup of coppice.yaml: coppice setup',
  },
  {
    kind: 'dependenciesMissing',
    pattern: /\bCould not locate the bindings file\b|\bNo native build was found for\b/,
    what: () => 'does not find an addon that the install script of a package makes',
    todo: (service) =>
      `npm 12 and pnpm 10 run such scripts only where they are approved, and not later: npm approve-scripts (pnpm approve-builds), then npm rebuild (pnpm rebuild), then: coppice restart ${service}`,
  },
  {
    kind: 'otherPlatform',
    pattern:
      /([^\s'"`():]{1,300}\.(?:node|so(?:\.\d{1,5}){0,4}|dylib)): (?:invalid ELF header|wrong ELF class|Exec format error)|\bis not a valid Win32 application\b|\bincompatible architecture\b|\bslice is not valid mach-o file\b/,
    what: (library) =>
      `cannot load a native library that was built for another system${library === '' ? '' : `: ${library}`}`,
    todo: (service) =>
      `Have it built here: remove what was brought from the other machine (node_modules, a venv) and install anew, then: coppice restart ${service}`,
  },
  {
    kind: 'runtimeVersion',
    pattern:
      /\bEBADENGINE\b|\bNODE_MODULE_VERSION \d|(?:requires|needs|expected|wanted)[^\n]{0,60}\b(?:node(?:\.js)?|npm|python|ruby|bun|deno|java|go) ?(?:version )?["']?[\^~<>=v ]{0,4}\d|The engine "node" is incompatible|\bUnsupportedClassVersionError\b|Your Ruby version is|\bdependencies require a PHP version\b|\bunsupported (?:node|engine)\b/i,
    what: () => 'wants another version of its runtime than it is started with',
    todo: () =>
      'Start Coppice with that version on the PATH (coppice cluster stop && coppice cluster start), or name the program by its path in the command',
  },
  {
    kind: 'moduleMissing',
    pattern:
      /Cannot find (?:module|package) ["']([^"'\n]{1,200})["']|\bModuleNotFoundError: No module named ["']([^"'\n]{1,200})["']|ImportError: cannot import name ["']([^"'\n]{1,200})["']|cannot load such file -- ([^\s\n]{1,200})|no required module provides package ([^\s;\n]{1,200})/,
    what: (name) => `does not find the module ${name}`,
    todo: (service) =>
      `Is it in the branch, and installed? coppice create installs dependencies; a file that is generated belongs under setup: coppice setup; then: coppice restart ${service}`,
  },
  {
    kind: 'commandMissing',
    pattern:
      /exec: "([^"\n]{1,200})":[^\n]{0,80}not found|exec: "([^"\n]{1,200})": stat [^\n]{1,200} no such file|command not found: ([\w./@-]{1,100})|(?:^|[:\s])([\w./@-]{1,100}): command not found\b(?!:)|(?:\bsh(?:\[\d{1,6}\])?: |: (?:line )?\d{1,6}: )([\w./@-]{1,100}): not found\b|\benv: ["'‘]?([\w./@-]{1,100})["'’]?: No such file|spawn ([^\s\n]{1,200}) ENOENT/,
    what: (program) => `is started by a program that there is not: ${program}`,
    todo: (service) => `Install it, or correct services.${service}.command of coppice.yaml, then: coppice create`,
  },
  {
    kind: 'folderMissing',
    pattern: /chdir to cwd[^\n]{0,300}no such file or directory/,
    what: () => 'is to run in a folder that there is not',
    todo: (service) =>
      `Correct services.${service}.folder of coppice.yaml, or restore the folder, then: coppice create`,
  },
  {
    kind: 'tableMissing',
    pattern:
      /relation "([^"\n]{1,200})" does not exist|column "?([^"\s\n]{1,200})"? (?:of relation "[^"\n]{1,200}" )?does not exist|(?:no such table|no such column):? ([^\s\n]{1,200})|Table ['`"]([^'`"\n]{1,200})['`"] doesn't exist|The (?:table|column) `([^`\n]{1,200})` does not exist|\bUndefinedTable\b|\bUndefinedColumn\b|\bschema (?:version )?is (?:not up[ -]to[ -]date|out of date|outdated)|\bmigrations are pending\b/i,
    what: (name) => `asks its database for ${name === '' ? 'what' : `"${name}", which`} it does not have`,
    todo: () => 'coppice database migrate (coppice database status says what is missing)',
  },
  {
    kind: 'databaseMissing',
    pattern: /database "([^"\n]{1,200})" does not exist|Unknown database '([^'\n]{1,200})'/,
    what: (name) => `asks for the database "${name}", which there is not`,
    todo: (service) =>
      `Have it use the variable DATABASE_URL, which names this environment's own: coppice database url; services.${service}.env must not set another`,
  },
  {
    kind: 'databaseRefused',
    pattern:
      /\bwal_level\b[^\n]{0,80}?\blogical\b|permission denied to (?:start WAL sender|use replication slots)|must be superuser or replication role to|\bREPLICATION attribute\b/i,
    what: () =>
      'follows its database by logical replication, for which the server is not set up (wal_level), or its role has no right (REPLICATION)',
    todo: (service) =>
      `Give it a PostgreSQL of its own, a service with wal_level=logical, and its address under services.${service}.env; then: coppice create`,
  },
  {
    kind: 'databaseRefused',
    pattern:
      /password authentication failed for user "?([^"\n]{1,100})|no pg_hba\.conf entry|role "([^"\n]{1,100})" does not exist|permission denied for (?:table|schema|database|relation) "?([^"\s\n]{1,200})|SCRAM-SERVER-FIRST-MESSAGE|\bP1000\b/,
    what: () => 'is not let in by its database',
    todo: (service) =>
      `Have it use the variable DATABASE_URL as it is: coppice database url; services.${service}.env and .env files must not set another`,
  },
  {
    kind: 'databaseLock',
    pattern: /deadlock detected|lock timeout|database is locked|could not obtain lock|canceling statement due to lock/i,
    what: () => 'waits for a lock in its database that somebody else holds',
    todo: (service) =>
      `coppice restart ${service}; see who holds it: coppice database psql -- -c "select * from pg_locks where not granted"`,
  },
  {
    kind: 'proxy',
    pattern:
      /\bProxyError\b|\bTunnel connection failed\b|\bERR_(?:PROXY|TUNNEL)_[A-Z_]{3,40}|\bproxyconnect tcp\b|Proxy Authentication Required|Received HTTP code 407/,
    what: () => 'does not get through the proxy that its variables name',
    todo: (service) =>
      `HTTP_PROXY and its like are of the shell that created or updated the environment, or under services.${service}.env; except the host by NO_PROXY; then: coppice create`,
  },
  {
    kind: 'certificate',
    pattern:
      /self[- ]signed certificate|certificate (?:has expired|is not yet valid|verify failed|signed by unknown authority)|unable to (?:verify the first certificate|get (?:local )?issuer certificate)|\bCERT_[A-Z_]{3,40}\b|\bx509: /i,
    what: () => 'does not trust a certificate',
    todo: (service) =>
      `Give it the authority (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE under services.${service}.env), then: coppice create`,
  },
  {
    kind: 'variableMissing',
    pattern:
      /(?:[Mm]issing|MISSING|[Rr]equired|[Uu]ndefined|[Uu]nset|[Ee]mpty|[Ii]nvalid|[Nn]o)\b[^\n]{0,40}?\b(?:(?:env(?:ironment)?[ .]?var(?:iable)?s?|process\.env)\b(?:[^\w\n]{0,8}([A-Z][A-Z0-9_]{2,80}))?|[Vv]ariables?\b[^\w\n$]{0,8}([A-Z][A-Z0-9_]{2,80}))|[Ee]nvironment variable not found: ([A-Z][A-Z0-9_]{2,80})|(?:[Ee]nv(?:ironment)?(?: var(?:iable)?)?|[Vv]ariable)[^\w\n]{1,8}([A-Z][A-Z0-9_]{2,80})[^\w\n]{1,4}(?:is|was|must|not|has)\b|(?<!ReferenceError: )\b([A-Z][A-Z0-9_]{2,80})["'`]? (?:is|was|must be|needs to be|has to be) (?:not set|missing|required|undefined|unset|set|not defined|not provided|empty)\b|\bKeyError: ["']([A-Z][A-Z0-9_]{2,80})["']|\b([A-Z][A-Z0-9_]{2,80}): (?:unbound variable|parameter (?:null or )?not set)|key not found: "([A-Z][A-Z0-9_]{2,80})"/,
    what: (name) => (name === '' ? 'lacks a variable that it needs' : `lacks the variable ${name}`),
    todo: editEnv,
  },
  {
    kind: 'invalidAddress',
    pattern:
      /\bERR_INVALID_URL\b|\bInvalid URL\b|invalid (?:connection string|url|uri|dsn)|could not parse (?:url|connection)/i,
    what: () => 'is given an address that is none',
    todo: editEnv,
  },
  {
    kind: 'nameUnknown',
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN) ([\w.-]{1,253})|could not translate host name "([^"\n]{1,253})"|no such host|Name or service not known|getaddrinfo failed/i,
    what: (host) => `asks for a host that nobody knows${host === '' ? '' : `: ${host}`}`,
    todo: editEnv,
  },
  {
    kind: 'databaseUnreachable',
    pattern:
      /(?:connection to server|could not connect to server|database server at|postgres)[^\n]{0,200}(?:refused|timed out|\btimeout\b(?![=: ]{1,3}\d))|\bECONNREFUSED\b[^\n]{0,60}:5432\b|\bP1001\b/i,
    what: () => 'does not reach its database',
    todo: () => 'coppice database url says where it is; coppice doctor whether it runs',
  },
  {
    kind: 'unreachable',
    pattern:
      /\b(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET)\b(?: ([\w.:[\]-]{1,253}))?|connection refused|connect(?:ion)?(?: attempt)? timed? ?out/i,
    what: (address) => `does not reach what it needs${address === '' ? '' : ` at ${address}`}`,
    todo: (service) =>
      `Is that one of the services? dependsOn has ${service} wait for it, and variables such as COPPICE_URL_<SERVICE> lead to it. If it is a service beside yours: uses of coppice.yaml`,
  },
  {
    kind: 'tooManyFiles',
    pattern: /\bEMFILE\b|too many open files/i,
    what: () => 'has too many files open',
    todo: () =>
      'Raise the limit (ulimit -n) where the cluster is started: coppice cluster stop && coppice cluster start',
  },
  {
    kind: 'permission',
    pattern:
      /\b(?:EACCES|EPERM)\b[^\n]{0,40}(?:permission|operation)[^\n]{0,40}'([^'\n]{1,300})'|\bEACCES\b|permission denied|PermissionError/i,
    what: (path) => (path === '' ? 'is not permitted what it does' : `is not permitted to use ${path}`),
    todo: () => 'Look at the owner and the mode of what it names: ls -l',
  },
  {
    kind: 'fileMissing',
    pattern:
      /\bENOENT\b: no such file or directory, \w{1,20} '([^'\n]{1,300})'|FileNotFoundError: [^\n]{0,80}'([^'\n]{1,300})'|(?:can't|cannot|could not) open (?!shared object)(?:file )?["']?([^"'\n:]{1,300})["']?: [^\n]{0,40}No such file/i,
    what: (path) => `does not find the file ${path}`,
    todo: () =>
      'A file that git ignores is brought by copy of coppice.yaml, one that is made by setup: coppice create, or coppice setup',
  },
  {
    kind: 'fileMissing',
    pattern: /(?:^|[\s:])([\w+-][\w.+-]{0,100}\.(?:so(?:\.\d{1,5}){0,4}|dylib)): cannot open shared object file/,
    what: (library) => `does not find the library ${library}`,
    todo: () => 'Install the package of this system that has it',
  },
  {
    kind: 'syntax',
    pattern:
      /^(?:\S{0,20} )?(?:Uncaught )?(SyntaxError(?!: [^\n]{0,200}?\bJSON\b)|IndentationError|TSError|error TS\d{1,5})\b/,
    what: () => 'has code that cannot be read',
    todo: (service) => `Mend the code at the place that its log names, then: coppice restart ${service}`,
  },
];

/** What tells how it ended, or how it is, where nothing says why. */
export const generalRules: readonly ReasonRule[] = [
  {
    kind: 'listensElsewhere',
    pattern:
      /listens on (?!its)[^\n]{1,200}, not on its (?:PORT|port) \d{1,5}|listens on its (?:PORT|port) \d{1,5} at [^\n]{1,200} only/,
    what: () => 'listens elsewhere than at its port',
    todo: (service) =>
      `Have it listen at the variable PORT on 127.0.0.1 (HOST), or pass it: services.${service}.command with "$(PORT)"; then: coppice create`,
  },
  {
    kind: 'nothingListens',
    pattern: /nothing listens on its (?:PORT|port) (\d{1,5})/,
    what: (port) => `runs, and listens at no port (it is told PORT ${port})`,
    todo: seeLog,
  },
  {
    kind: 'inputClosed',
    pattern: /its input is closed/,
    what: () => 'ends by itself because its input is closed',
    todo: (service) => `Write stdin: true under services.${service} of coppice.yaml, then: coppice create`,
  },
  {
    kind: 'endedByItself',
    pattern: /ended by itself with exit code 0/,
    what: () => 'ends by itself, where a service is to run on',
    todo: (service) =>
      `If it does its work and ends: once: true under services.${service} of coppice.yaml; else correct its command; then: coppice create`,
  },
  {
    kind: 'probeFails',
    pattern: /it speaks TLS \(HTTPS\), and is asked in plain HTTP/,
    what: () => 'runs, and its health check fails: it speaks TLS (HTTPS) at its port, and is asked in plain HTTP',
    todo: () => 'Have it speak plain HTTP in worktrees: their URLs are http: and lead to it as they are',
  },
  {
    kind: 'probeFails',
    pattern:
      /\b(?:Readiness|Liveness|Startup) probe failed: HTTP probe failed with statuscode: (\d{3}(?:; it answers: [^\n]{1,240})?)/,
    what: (said) => `runs, and its health check fails: it is answered ${said.replace('; it answers:', '')}`,
    todo: (service, said) =>
      said.startsWith('4')
        ? `Let that path answer without a login and for the host 127.0.0.1, or name another one: services.${service}.health of coppice.yaml; then: coppice create`
        : `coppice logs ${service}; what it is asked is services.${service}.health of coppice.yaml`,
  },
  {
    kind: 'probeFails',
    pattern:
      /\b(?:Readiness|Liveness|Startup) probe failed: ([^\n]{1,200})|listens on its (?:PORT|port) \d{1,5}, but does not answer/,
    what: (said) => `runs, and its health check fails${said === '' ? '' : `: ${said}`}`,
    todo: (service) =>
      `What it is asked is services.${service}.health of coppice.yaml; what it says: coppice logs ${service}`,
  },
  {
    kind: 'killed',
    pattern: /exit code (137|139|143|134)\b/,
    what: (code) =>
      `was ended by a signal (${{ '137': 'SIGKILL', '139': 'SIGSEGV', '143': 'SIGTERM', '134': 'SIGABRT' }[code] ?? code})`,
    todo: (service) => `Who ended it? 137 is often memory that ran out: coppice top. Then: coppice restart ${service}`,
  },
];
