import type { ReasonRule } from './reasonRules';

const editEnv = (service: string): string =>
  `Correct it under services.${service}.env (or envFile) of coppice.yaml, then: coppice create`;

/** What is looked for where nothing of `reasonRules` fits. */
export const furtherRules: readonly ReasonRule[] = [
  {
    kind: 'databaseRefused',
    pattern: /The server does not support SSL connections|server does not support SSL, but SSL was required/,
    what: () => 'asks its database for TLS, which the server of worktrees does not speak',
    todo: (service) =>
      `Have it connect as DATABASE_URL says, without ssl or sslmode=require: a setting of production, often; then: coppice restart ${service}`,
  },
  {
    kind: 'databaseRefused',
    pattern:
      /sorry, too many clients already|too many connections for (?:role|database)|remaining connection slots are reserved/,
    what: () => 'finds no connection left at its database server',
    todo: (service) =>
      `Let coppice sleep the environments that nobody uses, or have each of its processes hold fewer connections; then: coppice restart ${service}`,
  },
  {
    kind: 'databaseUnreachable',
    pattern: /the database system is (?:starting up|shutting down|in recovery mode|not yet accepting connections)/,
    what: () => 'asks its database while that starts or ends',
    todo: (service) => `coppice doctor says whether it runs; then: coppice restart ${service}`,
  },
  {
    kind: 'tableMissing',
    pattern:
      /[:)] {1,2}extension "([^"\n]{1,100})" is not available|extension control file "[^"\n]{1,300}?([\w-]{1,100})\.control"/,
    what: (name) => `asks its database for the extension "${name}", which its server does not have`,
    todo: () =>
      'Install it for that server, or choose one that has it: the setting coppice.postgres.url; then: coppice create',
  },
  {
    kind: 'tableMissing',
    // Others have types and functions, too: PostgreSQL's own words begin with them, after who says it.
    pattern:
      /[:)] {1,2}type "([^"\n]{1,200})" does not exist|[:)] {1,2}function ([\w."$]{1,200})\([^\n)]{0,200}\) does not exist/,
    what: (name) => `asks its database for "${name}", which it does not have`,
    todo: () => 'coppice database migrate; of an extension: CREATE EXTENSION in a migration',
  },
  {
    kind: 'moduleMissing',
    pattern: /(@prisma\/client) did not initialize yet/,
    what: () => 'does not find the client that Prisma generates',
    todo: (service) =>
      `Write "npx prisma generate" under setup of coppice.yaml, then: coppice setup; coppice restart ${service}`,
  },
  {
    kind: 'fileMissing',
    pattern: /Could not find a production build in the '([^'\n]{1,200})' (?:directory|folder)/,
    what: (folder) => `is started from a build that there is not: ${folder}`,
    todo: (service) =>
      `Build it under setup of coppice.yaml, or have services.${service}.command start it for development, then: coppice create`,
  },
  {
    kind: 'dependenciesMissing',
    // Traces of PHP name the file, too, wherever it was read well.
    pattern:
      /\bBundler::GemNotFound\b|Could not find gem '([^'\n]{1,100})|Failed opening required '[^'\n]{0,300}?[/\\](vendor[/\\]autoload\.php)'|[/\\](vendor[/\\]autoload\.php)\): [Ff]ailed to open stream/,
    what: () => 'fails because its dependencies are not installed',
    todo: () =>
      'Write the install command (bundle install, composer install) under setup of coppice.yaml, then: coppice setup',
  },
  {
    kind: 'runtimeVersion',
    pattern: /digital envelope routines::?(?:unsupported|initialization error)|\bERR_OSSL_EVP_UNSUPPORTED\b/,
    what: () => 'wants another version of its runtime than it is started with',
    todo: (service) =>
      `Start Coppice with that version on the PATH (coppice cluster stop && coppice cluster start); of tools from before Node.js 17 also: NODE_OPTIONS=--openssl-legacy-provider under services.${service}.env`,
  },
  {
    kind: 'runtimeVersion',
    pattern: /\bnode(?:\.exe)?: bad option: (-[\w-]{1,100})/,
    what: (option) => `is started with an option that its Node.js does not know, as another version may: ${option}`,
    todo: (service) =>
      `Correct it in services.${service}.command of coppice.yaml, then: coppice create; or start Coppice with the version that knows it on the PATH (coppice cluster stop && coppice cluster start)`,
  },
  {
    kind: 'otherPlatform',
    pattern: /\bENOEXEC\b|[Ee]xec format error/,
    what: () => 'is a program that this machine cannot run: it was built for another system, or is none',
    todo: (service) => `Have it built here, then: coppice restart ${service}`,
  },
  {
    kind: 'unreachable',
    pattern:
      /\bconnect EADDRNOTAVAIL ([\w.:[\]-]{1,253})|\b(?:dial (?:tcp|udp)|connecting to) ([\w.:[\]-]{1,253}?)[:.]? [^\n]{0,20}can(?:not|'t) assign requested address|\bconnect(?:ing|ion)?\b[^\n]{0,200}?can(?:not|'t) assign requested address|can(?:not|'t) assign requested address[^\n]{0,3}\bconnect\b/i,
    what: (address) =>
      `does not reach ${address === '' ? 'what it needs' : address}: this machine has no address for it, or no port left`,
    todo: (service) =>
      `Where that is on this machine, name it by 127.0.0.1 under services.${service}.env, in place of localhost and ::1, and hold fewer connections at once; then: coppice create`,
  },
  {
    kind: 'invalidAddress',
    pattern:
      /\bEADDRNOTAVAIL\b(?:[^\n]{0,60}? ([\d.]{7,15}(?::\d{1,5})?|[\da-f]{0,4}:[\da-f:]{1,40}))?|can(?:not|'t) assign requested address/i,
    what: (address) => `wants an address that this machine does not have${address === '' ? '' : `: ${address}`}`,
    todo: (service) => `127.0.0.1 does, or none. ${editEnv(service)}`,
  },
  {
    kind: 'invalidAddress',
    // EPROTO alone is any failure of TLS: no common version, a certificate that is asked for.
    pattern:
      /\bwrong version number\b|record layer failure|ERR_SSL_WRONG_VERSION_NUMBER|server gave HTTP response to HTTPS client|Unsupported or unrecognized SSL message/,
    what: () => 'speaks TLS to somebody who does not: an address with https: that is one with http:',
    todo: editEnv,
  },
  {
    kind: 'databaseRefused',
    pattern: /Access denied for user '([^'\n]{1,100})'/,
    what: () => 'is not let in by its database',
    todo: (service) =>
      `Have it use the variables that uses gives it: coppice connect; services.${service}.env and .env files must not set others`,
  },
  {
    kind: 'variableMissing',
    pattern: /[Tt]he ([A-Z][A-Z0-9_]{2,60}) setting must not be empty/,
    what: (name) => `lacks the variable ${name}`,
    todo: editEnv,
  },
  {
    kind: 'syntax',
    pattern: /SyntaxError: [^\n]{0,200}?\bJSON\b/,
    what: () => 'reads as JSON what is none',
    todo: (service) => `Mend the file or the variable that its log names: coppice logs ${service} --errors`,
  },
];
