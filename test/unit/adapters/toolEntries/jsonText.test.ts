import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { claudeEntry } from '../../../../src/adapters/toolEntries/claudeEntry';
import { cursorEntry } from '../../../../src/adapters/toolEntries/cursorEntry';
import { vscodeEntry } from '../../../../src/adapters/toolEntries/vscodeEntry';
import { withValue } from '../../../../src/adapters/toolEntries/jsonText';

const call = { unix: '/c/coppice', anywhere: (words: string) => `/c/coppice ${words}` };
const say = '{"type":"command","command":"say done"}';

/** As people write them. */
const settings: Readonly<Record<string, string>> = {
  'a list on one line': `{\n  "hooks": {\n    "Stop": [{"hooks":[${say}]}]\n  }\n}\n`,
  'all on one line': `{"model":"opus","hooks":{"Stop":[{"hooks":[${say}]}]}}`,
  'spaces inside': `{ "hooks": { "Stop": [ { "hooks": [ ${say} ] } ], "PreToolUse": [ { "matcher": "Bash", "hooks": [ ${say} ] } ] } }\n`,
  'a comma at the end': `{\n    "hooks": {\n        "Stop": [\n            {"hooks": [${say},],},\n        ],\n    },\n}\n`,
  'comments everywhere': `// top\n{\n\t/* a, b */ "model": "opus", // c, d\n\t"hooks": { // mine\n\t\t"Stop": [ // first\n\t\t\t{"hooks": [${say}]} // last\n\t\t\t// after, it\n\t\t]\n\t\t// end\n\t}\n}\n// bottom\n`,
  'lines of Windows': `{\r\n  "hooks": {\r\n    "Stop": [\r\n      {"hooks": [${say}]}\r\n    ]\r\n  }\r\n}\r\n`,
  'no list of hooks': '{\n  "permissions": { "deny": ["Read(.env)"] }\n}\n',
  'no line at the end': '{"permissions":{"deny":["Read(.env)"]}}',
  'a comment alone': '{ // nothing yet\n}\n',
};

describe.each(Object.entries(settings))('settings of Claude Code with %s', (_, text) => {
  it('keep every byte when our hooks come, and when they go', () => {
    const added = claudeEntry.add(text, call, '2.1.332');
    // Only pieces were put in.
    let place = 0;
    for (const each of text) {
      place = added.indexOf(each, place) + 1;
      expect(place).toBeGreaterThan(0);
    }
    for (const line of text.split('\n').filter((each) => each.includes('say done')))
      expect(added).toContain(line.trim().slice(0, 30));
    expect(claudeEntry.add(added, call, '2.1.332')).toBe(added);
    expect(claudeEntry.remove(added)).toBe(text);
  });
});

it('our hook goes from wherever a person has put it, with all commas right', () => {
  const ours = '{"type":"command","command":"/c/coppice hook claude-code --state"}';
  const lists = [
    `[${say}, ${ours}]`,
    `[ ${ours}, ${say} ]`,
    `[${say},${ours},]`,
    `[${say} /* a, b */, ${ours}]`,
    `[${ours} /* a, */ , ${say}]`,
  ];
  for (const list of lists) {
    const text = `{"hooks": {"Stop": [{"hooks": ${list}}]}}`;
    expect(parse(claudeEntry.remove(text) ?? '')).toEqual({ hooks: { Stop: [{ hooks: [JSON.parse(say)] }] } });
  }
  expect(withValue('{"a": [1, 2]}', ['a', 1], undefined)).toBe('{"a": [1]}');
  expect(withValue('{"a": [1, 2]}', ['a', 0], undefined)).toBe('{"a": [2]}');
});

it.each([
  ['"hooks": null', 'hooks'],
  ['"hooks": []', 'hooks'],
  ['"hooks": "off"', 'hooks'],
  ['"hooks": {"Stop": {"hooks": []}}', 'hooks.Stop'],
  ['"hooks": {"WorktreeCreate": "mine"}', 'hooks.WorktreeCreate'],
])('settings with %s are refused in words, and nothing of them goes', (text, place) => {
  const whole = `{${text}}`;
  const message = expect.stringMatching(
    new RegExp(`^\\.claude/settings\\.local\\.json is left as it is: ${place} is no `),
  );
  expect(() => claudeEntry.add(whole, call, '2.1.332')).toThrow(expect.objectContaining({ code: 'conflict', message }));
  expect(claudeEntry.remove(whole)).toBe(whole);
});

it('where a name stands twice, what would be changed is not what counts: nothing is', () => {
  const text = '{"hooks": {"Stop": []}, "hooks": {"Start": []}}';
  expect(() => claudeEntry.add(text, call, '2.1.332')).toThrow(expect.objectContaining({ code: 'conflict' }));
});

it('files of other tools keep every byte of what is not ours, on one line as well', () => {
  const cursor = '{"setup-worktree": ["npm ci"], // everywhere\n "other": [1, 2,],}';
  expect(cursorEntry.remove(cursorEntry.add(cursor, call))).toBe(cursor);
  const tasks = '{"version": "2.0.0", "tasks": [{"label": "build", "type": "npm"}]}\n';
  expect(vscodeEntry.remove(vscodeEntry.add(tasks, call))).toBe(tasks);
});
