import fc from 'fast-check';
import { parse, type ParseError } from 'jsonc-parser';
import { expect, it } from 'vitest';
import { claudeEntry } from '../../../../src/adapters/toolEntries/claudeEntry';
import { geminiEntry } from '../../../../src/adapters/toolEntries/geminiEntry';
import { vscodeEntry } from '../../../../src/adapters/toolEntries/vscodeEntry';
import type { Entry } from '../../../../src/adapters/toolEntries/entry';

const call = { unix: "'/my place/coppice'", anywhere: (words: string) => `'/my place/coppice' ${words}` };
const command = fc.constantFrom(
  ...['say done', 'x', '// no comment', '/* nor this */', 'echo "}],{"', 'mycoppice hook claude-code --state'],
  ...['coppice hook codex', 'coppice mcp', "echo 'coppice hook claude-code'", 'echo 環境 🧨'],
);
const hook = fc.record(
  { type: fc.constant('command'), command, timeout: fc.nat(99), async: fc.boolean(), other: fc.constant(null) },
  { requiredKeys: ['type', 'command'] },
);
const group = fc.record(
  { hooks: fc.array(hook, { minLength: 1, maxLength: 3 }), matcher: fc.constantFrom('*', 'Bash|Edit', '') },
  { requiredKeys: ['hooks'] },
);
const events = ['Stop', 'PreToolUse', 'SessionEnd', 'Setup', 'BeforeAgent', 'AfterAgent', 'Notification'];
const settings = fc.record(
  {
    hooks: fc.dictionary(fc.constantFrom(...events), fc.array(group, { minLength: 1, maxLength: 3 }), { minKeys: 1 }),
    permissions: fc.constant({ allow: ['Bash(ls)', 'Read(//etc)'], deny: [], nested: { a: {}, b: [[], {}] } }),
    mcpServers: fc.constant({ coppice: { command: 'other', args: ['mcp'], env: {} }, db: { url: 'http://x/*y*/' } }),
    enabledMcpjsonServers: fc.constant(['coppice']),
    '環境 "}': fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const task = fc.record({
  label: fc.constantFrom('build', 'coppice', 'Coppice: environment'),
  type: fc.constant('npm'),
});
const tasks = fc.record(
  { version: fc.constant('2.0.0'), tasks: fc.array(task, { minLength: 1, maxLength: 3 }), inputs: fc.jsonValue() },
  { requiredKeys: ['tasks'] },
);
const spaces = ['', '', ' ', '  ', '\t', '\n', '\n\n\t', '\n    '];
const comments = ['', '', '', '/* a, "b": [ */', '// c, } ]\n', '/**/', '/***/', '// 環境\n'];
const choices = fc.record({
  numbers: fc.array(fc.nat(1000), { minLength: 8, maxLength: 60 }),
  hasComments: fc.boolean(),
  hasTrailingCommas: fc.boolean(),
  eol: fc.constantFrom('\n', '\r\n'),
});
interface Choices {
  readonly numbers: readonly number[];
  readonly hasComments: boolean;
  readonly hasTrailingCommas: boolean;
  readonly eol: string;
}

/** As somebody may write it: with spaces, comments and commas anywhere that the tools allow them. */
function written(value: unknown, { numbers, hasComments, hasTrailingCommas, eol }: Choices): string {
  let asked = 0;
  const next = (): number => numbers[asked++ % numbers.length] ?? 0;
  const of = (all: readonly string[]): string => all[next() % all.length] ?? '';
  const gap = (): string => of(spaces) + (hasComments ? of(comments) : '') + of(spaces);
  const list = (open: string, members: readonly string[], close: string): string => {
    const comma = hasTrailingCommas && members.length > 0 && next() % 2 ? `,${gap()}` : '';
    return open + members.map((each) => gap() + each + gap()).join(',') + comma + (members.length ? '' : gap()) + close;
  };
  const print = (each: unknown): string => {
    if (Array.isArray(each)) return list('[', each.map(print), ']');
    if (typeof each !== 'object' || each === null) return JSON.stringify(each);
    const members = Object.entries(each).map(([name, one]) => `${JSON.stringify(name)}${gap()}:${gap()}${print(one)}`);
    return list('{', members, '}');
  };
  return `${gap()}${print(value)}${gap()}`.replaceAll('\n', eol);
}

it.each<[string, Entry, fc.Arbitrary<unknown>]>([
  ['settings of Claude Code', claudeEntry, settings],
  ['settings of Gemini CLI', geminiEntry, settings],
  ['tasks of VS Code', vscodeEntry, tasks],
])(
  'any %s have ours once after several runs, and are byte for byte what they were when ours go',
  (_, entry, values) => {
    fc.assert(
      fc.property(values, choices, (value, chosen) => {
        const text = written(value, chosen);
        let added = text;
        for (let run = 0; run < 3; run++) {
          const again = entry.add(added, call, '2.1.332');
          if (run > 0) expect(again).toBe(added);
          added = again;
        }
        const errors: ParseError[] = [];
        const after = parse(added, errors, { allowTrailingComma: true }) as object;
        expect(errors).toEqual([]);
        expect(after).not.toEqual(value);
        // What was there before is there, in its place.
        const kept = JSON.stringify(after, (key, each: unknown) =>
          Array.isArray(each) ? each.filter((one) => !JSON.stringify(one).includes('/my place/coppice')) : each,
        );
        for (const [name, each] of Object.entries(value as object))
          // A reader of JSON into objects loses what is called so; that the text has it is asked below.
          if (name !== 'hooks' && name !== 'tasks' && !JSON.stringify(each).includes('"__proto__"'))
            expect(kept).toContain(JSON.stringify(each));
        const removed = entry.remove(added);
        expect(removed ?? '{}').toBe(removed === undefined ? '{}' : text);
        if (removed === undefined) expect(text.replace(/\s/g, '')).toBe('{}');
      }),
      { numRuns: 40 },
    );
  },
  120_000,
);
