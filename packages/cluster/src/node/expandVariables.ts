/**
 * `$(NAME)` in a value or an argument, as Kubernetes expands it: an unknown name stays as it is, `$$` is one dollar sign, so that
 * `$$(NAME)` is never expanded.
 */
export function expandVariables(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole: string, name: string | undefined) => {
    if (name === undefined) return '$';
    return lookUp(name) ?? whole;
  });
}
