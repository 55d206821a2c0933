/** The names that every environment has. Each fits its own limit, starts and ends with a letter or a digit. */
export interface Names {
  /** DNS label, at most 53 characters: Helm's limit for a release, the smallest of all that are built from it. */
  readonly slug: string;
  /** Kubernetes namespace, at most 63 characters. */
  readonly namespace: string;
  /** Host of its URLs. */
  readonly host: string;
  /** Helm release. */
  readonly release: string;
}

/** All names that a slug gives: beside those of every environment, those of the parts that it may have. */
export interface CandidateNames extends Names {
  /** Temporal namespace: the same name as the Kubernetes one. */
  readonly temporalNamespace: string;
  /** PostgreSQL database, at most 63 bytes. */
  readonly database: string;
  /** PostgreSQL role that owns the database. */
  readonly databaseRole: string;
}

const slugLimit = 53;
const hashLength = 6;

/**
 * Slugs that a plain branch name must not take: hosts of the shared services, and names that Windows refuses as a
 * folder.
 */
const reserved = new Set(
  'infra grafana prometheus jaeger loki temporal otel registry coppice kubernetes con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9'.split(
    ' ',
  ),
);

export function namesFromSlug(slug: string): CandidateNames {
  const underscored = slug.replaceAll('-', '_');
  return {
    slug,
    namespace: `worktree-${slug}`,
    temporalNamespace: `worktree-${slug}`,
    database: `wt_${underscored}`,
    databaseRole: `wt_${underscored}`,
    host: `${slug}.localhost`,
    release: slug,
  };
}

/**
 * The slugs that an owner may take, best first, without end: the first that nobody else holds is the one. The plain
 * slug comes first when it says the branch's name without loss; all others end in a hash over repository and ref.
 *
 * @param ref full ref (`refs/heads/…`), or any other text that tells worktrees of a repository apart
 * @param sha256 lower-case hex digest of a text's UTF-8 bytes
 */
export function* slugCandidates(
  repositoryId: string,
  ref: string,
  sha256: (text: string) => string,
): Generator<string, never> {
  const name = ref.replace(/^refs\/heads\//, '');
  const base = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const isFaithful =
    /^[A-Za-z0-9]+(?:[/._-][A-Za-z0-9]+)*$/.test(name) && base.length <= slugLimit && !reserved.has(base);
  if (isFaithful) yield base;
  const stem = base.slice(0, slugLimit - hashLength - 1).replace(/-+$/, '') || 'worktree';
  for (let attempt = 0; ; attempt++) {
    const salt = attempt === 0 ? '' : `\0${attempt}`;
    yield `${stem}-${sha256(`${repositoryId}\0${ref}${salt}`).slice(0, hashLength)}`;
  }
}

/**
 * CRC-32 as in ISO 3309 and zlib (reflected polynomial 0xEDB88320).
 */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * A port for metrics: crc32 of the namespace modulo 100, plus 9100, and from there the next that is free.
 *
 * @param isTaken whether another service, of whatever environment, holds the port
 */
export function metricsPort(namespace: string, isTaken: (port: number) => boolean): number {
  let port = 9100 + (crc32(namespace) % 100);
  while (isTaken(port)) port = port >= 65535 ? 9100 : port + 1;
  return port;
}

/** Above the ports that the embedded cluster gives out itself, below those that systems take for outgoing connections. */
const usedPorts = { first: 30_000, last: 32_767 };

/** A port for what an environment uses on this machine. */
export function usedPort(namespace: string, isTaken: (port: number) => boolean): number {
  const { first, last } = usedPorts;
  const count = last - first + 1;
  const from = crc32(namespace) % count;
  for (let step = 0; step < count; step++) {
    const port = first + ((from + step) % count);
    if (!isTaken(port)) return port;
  }
  throw new Error(`no free port between ${first} and ${last}`);
}

/**
 * Why a new branch must not have this name; undefined when it may. Git itself allows more (see git-check-ref-format);
 * names that a shell, a URL or a person would misread are refused before they exist.
 */
export function newBranchNameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'A branch name is needed.';
  const shown = JSON.stringify(name).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, codePoint);
  if (name.length > 200) return `The branch name is ${name.length} characters long; 200 are allowed.`;
  if (name.startsWith('-')) return `${shown} is no branch name: it starts with "-".`;
  const odd = /[^\p{L}\p{N}/._+#@=-]/u.exec(name);
  if (odd)
    return `${shown} is no branch name for Coppice: ${describeCharacter(odd[0])} is not allowed. Use letters, digits and / . _ - + # @ =.`;
  const isWellFormed =
    !/^\/|\/$|\/\/|\.\.|@\{|\.$|^@$/.test(name) &&
    name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock') && !part.startsWith('-'));
  if (!isWellFormed) return `${shown} is no branch name: git does not allow this form.`;
  if (/^HEAD$|^refs\//.test(name)) return `${shown} is no branch name: git reads it as something else.`;
  return undefined;
}

function describeCharacter(character: string): string {
  if (character === ' ') return 'a space';
  const isVisible = /[\p{P}\p{S}]/u.test(character);
  return isVisible ? character : codePoint(character);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
