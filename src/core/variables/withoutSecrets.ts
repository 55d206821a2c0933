/** What stands in the place of a secret. */
const hidden = '‹hidden›';

/** Parts of names whose values nobody is to read. */
const secretName =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|cookie|session|signature|salt|dsn)';

/** No name is longer; without an end to it a line of many thousand letters would be looked through once a letter. */
const inName = '[\\w.-]{0,60}';

/** Forms that secrets have wherever they come from, each with what is left of it. What a name tells comes before what looks like a token. */
const forms: readonly (readonly [RegExp, string])[] = [
  // A private key, or what a log holds of one.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  // The user of an address is hidden as well: tokens stand in its place.
  [/(:\/\/)[^\s/?#"'`<>]*@/g, `$1${hidden}@`],
  [/\b(Bearer|Basic|Digest|Negotiate)\s+[\w.~+/=:-]{6,}/gi, `$1 ${hidden}`],
  // name = value, "name": "value", --name value, PASSWORD 'value'
  [
    new RegExp(`(${secretName}${inName}["']?(?:\\s*[:=]\\s*|\\s+(?=['"])))("[^"]*"|'[^']*'|[^\\s,;&)}\\]]+)`, 'gi'),
    `$1${hidden}`,
  ],
  [new RegExp(`(--?${inName}${secretName}${inName}\\s+)[^\\s-]\\S*`, 'gi'), `$1${hidden}`],
  [/\beyJ[\w-]{4,}(?:\.[\w-]*){0,2}/g, hidden],
  [/\b(?:sk|pk|rk|gh[opsu]|github_pat|glpat|xox[a-z]|hf|pypi|dop_v1|shpat)[-_][\w-]{8,}/g, hidden],
  [/\b(?:AKIA|ASIA|AIza)[\w-]{12,}/g, hidden],
  // Long and of letters and digits: keys, hashes, encoded bytes. Names of branches and pods have dashes, paths slashes.
  [/(?<![\w/.-])(?=[\w+=]{0,200}\d)(?=[\w+=]{0,200}[A-Za-z])[A-Za-z0-9_+=]{28,}(?![\w-])/g, hidden],
];

/**
 * A text that other people may read: without the values that are known to be secret, wherever and however often they stand in it, and
 * without what looks like one. Rather too much is taken than too little.
 *
 * @param values known secrets; those of fewer than four characters would take half of every text with them, and are left out
 */
export function withoutSecrets(text: string, values: Iterable<string> = []): string {
  const known = new Set<string>();
  // A password that an address tells may stand somewhere else without it.
  const told = [...text.matchAll(/:\/\/[^\s/?#:@]*:([^\s/?#@]{6,})@/g)].map(([, password = '']) => password);
  for (const value of [...values, ...told]) {
    const lines = value.split(/\r?\n/).map((line) => line.trim());
    // As a URL and as JSON write it, too.
    for (const part of [value, ...lines, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
      if (part.length >= 4) known.add(part);
  }
  // A secret may be a part of another.
  let left = text;
  for (const value of [...known].sort((a, b) => b.length - a.length)) left = left.replaceAll(value, hidden);
  for (const [form, rest] of forms) left = left.replace(form, rest);
  return left;
}
