import type { ReasonRule } from './reasonRules';

/** What the embedded cluster has found out of why a service fails, by its own words (`packages/cluster/src/hints`). */
export const hintRules: readonly ReasonRule[] = [
  {
    kind: 'otherPlatform',
    pattern:
      /(?:^|\()((?:[^\n()]|\([^\n()]{1,100}\)){1,300}? was built for [^\n,]{1,60}, and this machine is [\w ]{1,40})/,
    what: (built) => `cannot load a native library: ${built}`,
    todo: (service) =>
      `Have it built here: remove what was brought from the other machine (node_modules, a venv) and install anew, then: coppice restart ${service}`,
  },
  {
    kind: 'lineEnds',
    pattern: /(?:^|\()((?:[^\n()]|\([^\n()]{1,100}\)){1,300}?) has Windows line ends \(CRLF\)/,
    what: (script) => `cannot be started: ${script} has Windows line ends (CRLF), which no shell of this system reads`,
    todo: (service) =>
      `Save it with LF alone (a line "*.sh text eol=lf" in .gitattributes keeps it so for everybody), then: coppice restart ${service}`,
  },
  {
    kind: 'commandMissing',
    pattern: /the first line of ((?:[^\n()]|\([^\n()]{1,100}\)){1,300}? names [^\n,]{1,200}), which there is not/,
    what: (named) => `is started by a script whose first line names a program that there is not: ${named}`,
    todo: (service) => `Install it, or correct that line, then: coppice restart ${service}`,
  },
  {
    kind: 'moduleMissing',
    pattern: /the file is called ([^\n]{1,300}?), and letter case counts/,
    what: (name) =>
      `asks for a file in other letters than its name has: it is called ${name}, and letter case counts here`,
    todo: (service) => `Write the name as it is where it is asked for, then: coppice restart ${service}`,
  },
  {
    kind: 'certificate',
    pattern: /\(([A-Z_]{3,40} names [^\n]{1,300}?), which there is not\)/,
    what: (named) => `does not trust a certificate, as the file of its authority is not there: ${named}`,
    todo: () => 'A file that git ignores is brought by copy of coppice.yaml, then: coppice create',
  },
  {
    kind: 'proxy',
    pattern: /\(([\w.-]{1,253}:\d{1,5} is the proxy that \w{3,20} names)\)/,
    what: (place) => `does not reach its proxy: ${place}`,
    todo: (service) =>
      `Set the variable where Coppice is called, or under services.${service}.env, or except the host by NO_PROXY; then: coppice create`,
  },
  {
    kind: 'fileLock',
    pattern: /it (waits for the lock on [^\n;]{1,400}, which [^\n;]{1,100} holds)/,
    what: (lock) => lock,
    todo: (service) =>
      `Give each worktree a file of its own (its name is in the variable WORKTREE_NAME: services.${service}.env), or end that process, then: coppice restart ${service}`,
  },
  {
    kind: 'nameUnknown',
    pattern: /nobody here knows the host ([\w.-]{1,253})/,
    what: (host) => `waits for a host that nobody here knows: ${host}`,
    todo: (service) =>
      `A server beside yours, as in a compose file, is a line of uses in coppice.yaml, whose variables lead to it; another address goes under services.${service}.env; then: coppice create`,
  },
];
