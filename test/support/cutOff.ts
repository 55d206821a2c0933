import type { Frame, Page } from 'playwright-core';

/**
 * What of a page a person does not see whole at its width, a line for each: text beyond its edges, text that something cuts and
 * that no tooltip says whole, and what has to be scrolled sideways.
 */
export async function cutOff(page: Frame | Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
  const width = document.documentElement.clientWidth;
  const name = (one) => one.tagName.toLowerCase() + [...one.classList].map((each) => '.' + each).join('');
  const text = (one) => JSON.stringify((one.textContent ?? '').trim().slice(0, 40));
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push('the page is ' + (root.scrollWidth - root.clientWidth) + ' px too wide');
  for (const one of document.body.querySelectorAll('*')) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest('.spoken')) continue;
    const { overflowX } = getComputedStyle(one);
    const isWider = one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0;
    if (isWider && (overflowX === 'auto' || overflowX === 'scroll')) found.push(name(one) + ' is scrolled sideways: ' + one.scrollWidth + ' px in ' + one.clientWidth);
    if (isWider && (overflowX === 'hidden' || overflowX === 'clip') && !one.title) found.push(name(one) + ' cuts ' + text(one));
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')) continue;
    const { left, right } = one.getBoundingClientRect();
    if (left < -1 || right > width + 1) found.push(name(one) + ' is beyond the edge: ' + text(one));
  }
  return [...new Set(found)];
})()`);
}
