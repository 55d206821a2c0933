/**
 * A text for `env` or a command, in which nothing is to be filled in: Kubernetes reads `$(NAME)` as a variable and `$$` as one dollar sign,
 * each doubled it arrives as it was.
 */
export function literal(text: string): string {
  return text.replace(/\$(?=[$(])/g, '$$$$');
}
