import { words } from './shellCommand';

/**
 * Servers that listen where their own option says, and heed no PORT: what a container runs often leaves it out, since there the usual port
 * is free. Seen with uvicorn 0.38 and Flask 3.1; as fastapi.tiangolo.com/fastapi-cli, daphne's --help, docs.streamlit.io and vite.dev say.
 */
const servers: readonly { readonly starts: RegExp; readonly names: RegExp; readonly more: string }[] = [
  { starts: /^(?:uvicorn|daphne|fastapi (?:dev|run))\b/, names: /^(?:-p|--port|--uds|--fd)\b/, more: '--port $(PORT)' },
  { starts: /^flask (?:[^-\s]\S* |-\S+ )*run\b/, names: /^(?:-p|--port)\b/, more: '--port $(PORT)' },
  { starts: /^hypercorn\b/, names: /^(?:-b|--bind)\b/, more: '--bind 127.0.0.1:$(PORT)' },
  { starts: /^streamlit run\b/, names: /^--server\.port\b/, more: '--server.port $(PORT)' },
  { starts: /^vite(?: dev| serve)?(?: -|$)/, names: /^--port\b/, more: '--port $(PORT) --strictPort' },
  { starts: /^(?:ng serve|astro dev)\b/, names: /^--port\b/, more: '--port $(PORT)' },
  { starts: /^python[\d.]* (?:\S+\/)?manage\.py runserver\b/, names: /^[^-].*\d$/, more: '$(PORT)' },
];

/** What runs a program of the dependencies, and is none itself. */
const runner = /^(?:(?:uv|poetry|pipenv|pdm) run|python[\d.]* -m|npx|bunx|pnpm exec|yarn(?: run| exec)?) /;

/**
 * A command for a process that listens where its environment says: in place of the port that it names, or beside what it says.
 *
 * @param isTold whether a variable of its own says it: then nothing is added
 */
export function onPort(argv: readonly string[], port: number | undefined, isTold = false): readonly string[] {
  if (port === undefined) return argv;
  const named = new RegExp(`(^|[:=\\s])${port}(?=$|\\s)`, 'g');
  const told = argv.map((word, at) => (at === 0 ? word : word.replace(named, '$1$(PORT)')));
  if (isTold || told.some((word) => word.includes('$(PORT)'))) return told;
  const [first = '', option, text = '', ...rest] = told;
  if (!/^(?:ba)?sh$/.test(first) || option !== '-c') return [...told, ...argumentsOf(told)];
  // Of several the last one is what keeps running.
  const last = words(
    text
      .slice(text.lastIndexOf('&&') + 1)
      .replace(/^&/, '')
      .trim()
      .replace(/^exec /, ''),
  );
  const more = last === undefined || /[|;&#\n]/.test(text.replaceAll('&&', '')) ? [] : argumentsOf(last);
  return more.length === 0 ? told : [first, option, `${text.trimEnd()} ${more.join(' ')}`, ...rest];
}

function argumentsOf(argv: readonly string[]): readonly string[] {
  const plain = argv.join(' ').replace(runner, '').replace(runner, '');
  const found = servers.find(({ starts }) => starts.test(plain));
  if (!found) return [];
  const rest = plain.split(' ').slice(1);
  const options = found.more === '$(PORT)' ? rest.slice(rest.indexOf('runserver') + 1) : rest;
  return options.some((word) => found.names.test(word)) ? [] : found.more.split(' ');
}
