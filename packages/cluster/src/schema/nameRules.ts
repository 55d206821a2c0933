const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const dns1035Label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValuePattern = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const environmentName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const dataKeyPattern = /^[-._a-zA-Z0-9]+$/;

/** A rule about names: the complaints about a value, none where it is right. Words of k8s.io/apimachinery/pkg/util/validation. */
export type NameRule = (value: string) => string[];

function rule(pattern: RegExp, source: string, length: number, what: string, example: string): NameRule {
  return (value) => [
    ...(value.length > length ? [`must be no more than ${length} characters`] : []),
    ...(pattern.test(value) ? [] : [`${what} (e.g. ${example}, regex used for validation is '${source}')`]),
  ];
}

export const isDnsLabel = rule(
  dnsLabel,
  '[a-z0-9]([-a-z0-9]*[a-z0-9])?',
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  "'my-name',  or '123-abc'",
);

export const isDns1035Label = rule(
  dns1035Label,
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  "'my-name',  or 'abc-123'",
);

export const isDnsSubdomain = rule(
  subdomain,
  '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*',
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  "'example.com'",
);

export const isLabelValue = rule(
  labelValuePattern,
  '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?',
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "'MyValue',  or 'my_value',  or '12345'",
);

export const isEnvironmentName = rule(
  environmentName,
  '[-._a-zA-Z][-._a-zA-Z0-9]*',
  Infinity,
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
  "'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1'",
);

export const isDataKey = rule(
  dataKeyPattern,
  '[-._a-zA-Z0-9]+',
  253,
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  "'key.name',  or 'KEY_NAME',  or 'key-name'",
);

/** A name that is a segment of a path, as roles have: anything but what the path would read otherwise. */
export const isPathSegment: NameRule = (value) => {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((one) => value.includes(one)).map((one) => `may not contain '${one}'`);
};

/** `prefix/name`, the keys of labels and annotations. */
export const isQualifiedName: NameRule = (value) => {
  const parts = value.split('/');
  const name = parts.at(-1) ?? '';
  const qualified =
    "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
  if (parts.length > 2) return [qualified];
  const complaints: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') complaints.push('prefix part must be non-empty');
    else complaints.push(...isDnsSubdomain(prefix).map((one) => `prefix part ${one}`));
  }
  if (name === '') complaints.push('name part must be non-empty');
  if (name.length > 63) complaints.push('name part must be no more than 63 characters');
  if (!qualifiedPart.test(name)) {
    complaints.push(
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    );
  }
  return complaints;
};
