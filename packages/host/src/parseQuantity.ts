const form = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i)|([numkMGTPE]))?$/;
const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};

/** An amount as Kubernetes writes it (`250m`, `1.5Gi`, `1e3`) as a number. undefined when it is none. */
export function parseQuantity(text: string): number | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [, number = '', exponent = '', binarySuffix, decimalSuffix] = match;
  const value = Number(number + exponent);
  if (binarySuffix !== undefined) return value * 1024 ** (binary.indexOf(binarySuffix) + 1);
  return decimalSuffix === undefined ? value : value * (decimal[decimalSuffix] ?? Number.NaN);
}
