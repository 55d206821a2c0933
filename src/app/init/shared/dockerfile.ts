/** What a Dockerfile says of the container that is made of it. */
export interface DockerfileFacts {
  /** The image that it begins with, whatever stages are between; undefined: it begins with none, or with nothing. */
  readonly base?: string;
  readonly ports: readonly number[];
  /** ENTRYPOINT and CMD as they are run together. A text is for a shell. */
  readonly command: string | readonly string[] | undefined;
  /** What goes before a command that is given instead of CMD; a text takes none. */
  readonly entrypoint: string | readonly string[] | undefined;
  /** What ENV gives it. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether something of the folder that its build sees comes into it: one that has none is a tool of others, and no app. */
  readonly hasFiles: boolean;
}

/** @param target the stage that counts; undefined: the last one */
export function readDockerfile(text: string, target?: string): DockerfileFacts {
  let stage:
    | { name: string; base: string; ports: number[]; env: Record<string, string>; entrypoint?: Words; command?: Words }
    | undefined;
  // The first of a name counts.
  const stages = new Map<string, NonNullable<typeof stage>>();
  let hasFiles = false;
  const lines = text.replace(/^[ \t]*#.*$/gm, '').replace(/\\\s*\n/g, ' ');
  for (const line of lines.split('\n')) {
    const [, word = '', rest = ''] = /^([A-Za-z]+)\s+(\S.*)$/.exec(line.trim()) ?? [];
    switch (word.toUpperCase()) {
      case 'FROM': {
        const [, base = '', name = ''] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(rest) ?? [];
        // A stage that begins with another one has what that one says.
        const under = stages.get(base.toLowerCase());
        stage = {
          ...{ ...under, name: name.toLowerCase(), base: under?.base ?? base },
          ...{ ports: [...(under?.ports ?? [])], env: { ...under?.env } },
        };
        if (name !== '' && !stages.has(stage.name)) stages.set(stage.name, stage);
        break;
      }
      case 'COPY':
      case 'ADD':
        // What a stage takes of another one, somebody has brought there; what lies elsewhere is nobody's own.
        if (!/^(?:--\S+\s+)*--from=|^(?:--\S+\s+)*(?:https?:|git@)/.test(rest)) hasFiles = true;
        break;
      case 'RUN':
        if (/--mount=type=bind(?![^\s]*\bfrom=)/.test(rest)) hasFiles = true;
        break;
      case 'ENV':
        if (stage) Object.assign(stage.env, variables(rest));
        break;
      case 'EXPOSE':
        for (const [, port] of rest.matchAll(/(?:^|\s)(\d+)(?:\/tcp)?(?=\s|$)/g)) stage?.ports.push(Number(port));
        break;
      case 'ENTRYPOINT':
        if (stage) Object.assign(stage, { entrypoint: argv(rest), command: undefined });
        break;
      case 'CMD':
        if (stage) stage.command = argv(rest);
    }
  }
  const meant = stages.get(target?.toLowerCase() ?? '') ?? stage;
  return {
    ...(meant === undefined || meant.base === 'scratch' ? {} : { base: meant.base }),
    ports: meant?.ports ?? [],
    command: together(meant?.entrypoint, meant?.command),
    entrypoint: meant?.entrypoint,
    env: meant?.env ?? {},
    hasFiles,
  };
}

/** `A=1 B="two words"`, and the older `A one value`. */
function variables(text: string): Record<string, string> {
  if (!/^\w+=/.test(text)) {
    const [, name = '', value = ''] = /^(\w+)\s+(\S.*)$/.exec(text) ?? [];
    return name === '' ? {} : { [name]: value };
  }
  const found = text.matchAll(/(?:^|\s)(\w+)=(?:"([^"]*)"|'([^']*)'|([^\s"']*))(?=\s|$)/g);
  return Object.fromEntries(
    [...found].map(([, name = '', double, single, plain]) => [name, double ?? single ?? plain ?? '']),
  );
}

type Words = string | readonly string[];

function argv(text: string): Words {
  if (!text.startsWith('[')) return text;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : text;
  } catch {
    return text;
  }
}

/** A text as entrypoint is run by a shell, and what would follow it is not used. */
function together(entrypoint: Words | undefined, command: Words | undefined): Words | undefined {
  if (entrypoint === undefined) return command;
  if (typeof entrypoint === 'string') return entrypoint;
  return [
    ...entrypoint,
    ...(command === undefined ? [] : typeof command === 'string' ? ['sh', '-c', command] : command),
  ];
}
