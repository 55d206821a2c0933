import type { BrowserContext } from 'playwright-core';

/**
 * A PNG of an interface as WebP. The colours of its areas stay as they are; those between, of the edges of letters, are rounded to
 * steps of 16, which nobody sees and which makes half of a file of it.
 *
 * @throws Error when WebP has changed a pixel besides
 */
export async function screenshotWebp(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page = await context.newPage();
  try {
    const { webp, differing } = await page.evaluate<{ webp: string; differing: number }>(
      `(${encode})('data:image/png;base64,${png.toString('base64')}')`,
    );
    const [head = '', data = ''] = webp.split(',');
    if (head !== 'data:image/webp;base64') throw new Error(`this browser makes no WebP, but ${head}`);
    if (differing > 0) throw new Error(`${differing} values of pixels differ from what was to be written`);
    return Buffer.from(data, 'base64');
  } finally {
    await page.close();
  }
}

/** Runs in the page: at the highest quality Chromium's WebP loses nothing, which is looked at. */
const encode = `async (png) => {
  const draw = async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const drawing = canvas.getContext('2d');
    drawing.drawImage(image, 0, 0);
    return { canvas, drawing, image: drawing.getImageData(0, 0, canvas.width, canvas.height) };
  };
  const colourAt = (data, i) => (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
  const before = await draw(png);
  const { data } = before.image;
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) counts.set(colourAt(data, i), (counts.get(colourAt(data, i)) ?? 0) + 1);
  const areas = new Set([...counts].sort((a, b) => b[1] - a[1]).slice(0, 24).map(([colour]) => colour));
  for (let i = 0; i < data.length; i += 4)
    if (!areas.has(colourAt(data, i)))
      for (let j = i; j < i + 3; j++) data[j] = Math.min(255, Math.round(data[j] / 16) * 16);
  before.drawing.putImageData(before.image, 0, 0);
  const webp = before.canvas.toDataURL('image/webp', 1);
  const after = await draw(webp);
  return { webp, differing: data.filter((value, i) => value !== after.image.data[i]).length };
}`;
