export interface PageParts {
  /** Of the document. */
  readonly title?: string;
  /** What the editor serves its own files under (`webview.cspSource`). */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Both fresh for every page. */
  readonly nonce: string;
  /** The toolkit asks for it in the document, to find out what the browser knows of focus: so it is another one. */
  readonly styleNonce: string;
  /** The one origin that frames may come from; undefined: none. */
  readonly frameOrigin: string | undefined;
  /** The worktree's folder, by which the page knows its own state again; '': it is of none. */
  readonly worktree: string;
  /** What the page shows at once, before it has said that it listens. */
  readonly first: readonly object[];
}

/** A page's document. Nothing of it is made of other people's text but as data, escaped. */
export function pageHtml({
  title = 'Coppice Dashboard',
  cspSource,
  script,
  style,
  nonce,
  styleNonce,
  frameOrigin,
  worktree,
  first,
}: PageParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${styleNonce}'`,
    `frame-src ${frameOrigin ?? `'none'`}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  // In a script element only an end tag or a comment would end the data early.
  const data = JSON.stringify(first).replace(/[<>&\u2028\u2029]/g, (found) => {
    return `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta property="csp-nonce" content="${styleNonce}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="${escaped(style)}">
<title>${escaped(title)}</title>
</head>
<body data-worktree="${escaped(worktree)}">
<div id="page"></div>
<script id="first" type="application/json">${data}</script>
<script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (found) => `&#${found.codePointAt(0) ?? 0};`);
}
