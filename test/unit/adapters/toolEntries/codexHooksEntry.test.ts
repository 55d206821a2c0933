import { describe, expect, it } from 'vitest';
import { codexHooksEntry } from '../../../../src/adapters/toolEntries/codexHooksEntry';

const call = { unix: '/c/coppice', anywhere: (words: string) => `/c/coppice ${words}` };
const mine = `{
  "description": "mine",
  "hooks": {
    "Stop": [{ "hooks": [{ "type": "command", "command": "say done" }] }],
    "FutureEvent": [{ "hooks": [] }]
  }
}
`;

describe("the hooks in the user's file of Codex", () => {
  it('are added once, behind those that are there, and leave the file as it was', () => {
    const after = codexHooksEntry.add(mine, call);
    const hooks = (JSON.parse(after) as { hooks: Record<string, { matcher?: string; hooks: object[] }[]> }).hooks;
    expect(hooks['Stop']?.map((group) => group.hooks)).toEqual([
      [{ type: 'command', command: 'say done' }],
      [{ type: 'command', command: '/c/coppice hook codex --state $PPID', timeout: 10, async: true }],
    ]);
    expect(hooks['PreToolUse']).toMatchObject([{ matcher: '^request_user_input$' }]);
    expect(hooks['FutureEvent']).toEqual([{ hooks: [] }]);
    let again = after;
    for (let run = 0; run < 10; run++) again = codexHooksEntry.add(again, call);
    expect(again).toBe(after);
    expect(codexHooksEntry.remove(after)).toBe(mine);
    expect(codexHooksEntry.remove(codexHooksEntry.add(undefined, call))).toBeUndefined();
  });

  it('call where Coppice is now', () => {
    const after = codexHooksEntry.add(codexHooksEntry.add(mine, call), { ...call, unix: '/d/bin/coppice' });
    expect(after).toBe(codexHooksEntry.add(mine, { ...call, unix: '/d/bin/coppice' }));
    expect(after).not.toContain('/c/coppice');
  });

  it.each([
    ['{ // mine\n  "hooks": {} }', /comment, or with a comma too many/],
    ['{ "hooks": {}, }', /comment, or with a comma too many/],
    ['{ "$schema": "x", "hooks": {} }', /it knows no "\$schema"/],
    ['{ "hooks": [] }', /hooks is no object/],
    ['{ "hooks": { "Stop": {} } }', /hooks.Stop is no list/],
    ['{ "hooks"', /is no JSON/],
  ])('are not written into %s, of which Codex reads nothing', (text, why) => {
    expect(() => codexHooksEntry.add(text, call)).toThrow(why);
  });

  it('are looked at by a person before they run', () => {
    expect(codexHooksEntry.noteOf?.('', undefined)).toContain('/hooks');
  });
});
