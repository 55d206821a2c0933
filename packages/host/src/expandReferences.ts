/**
 * `$(NAME)` in a value or an argument, as Kubernetes expands it: an unknown name stays as it is, `$$` is one dollar sign, so that
 * `$$(NAME)` is never expanded. What was put in is not looked at again. The same since Kubernetes 1.0, 1.37 included: EnvVar and
 * Container of its API reference, third_party/forked/golang/expansion.
 */
export function expandReferences(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole: string, name: string | undefined) => {
    if (name === undefined) return '$';
    return lookUp(name) ?? whole;
  });
}
