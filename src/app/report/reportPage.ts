export type ReportSection =
  | { readonly title: string; readonly lines: readonly string[] }
  /** As it stands, in a block of its own. */
  | { readonly title: string; readonly code: string };

const head = `# What does not work

(Write here what you did, what you expected, and what happened instead.)

> Made by Coppice. **Nothing has been sent.** Read all of it before you give it to anybody, and take out what is nobody's business: names of
> folders, branches and services stand in it, and the lines by which your own programs told why they failed. Values of variables do not,
> and what is known to be a secret or looks like one was taken out. All that your programs print is shown by \`coppice logs\`.
`;

/** @param at when it was made */
export function reportPage(at: string, sections: readonly ReportSection[]): string {
  const parts = sections.map((section) => `## ${section.title}\n\n${bodyOf(section)}\n`);
  return [head, `Made at ${at}.\n`, ...parts].join('\n');
}

function bodyOf(section: ReportSection): string {
  if ('lines' in section) return section.lines.map((line) => `- ${line.replace(/\s+/g, ' ')}`).join('\n') || '(none)';
  // No line of a log ends the block.
  return `\`\`\`\`\n${section.code.replaceAll('````', "''''")}\n\`\`\`\``;
}
