// WCAG 2.2 contrast of each visible text with the nearest opaque ground.
() => {
  const rgb = (value) => (value.match(/[\d.]+/g) || []).map(Number);
  const curve = (c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
  const light = (value) => curve(value / 255);
  const luminance = ([r, g, b]) => .2126 * light(r) + .7152 * light(g) + .0722 * light(b);
  const ground = (part) => {
    for (let at = part; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const part of document.querySelectorAll('main article *, footer *')) {
    const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !part.checkVisibility({ opacityProperty: true })) continue;
    if (part.classList.contains('headerlink')) continue;
    const pair = [luminance(rgb(getComputedStyle(part).color)), luminance(ground(part))].sort();
    const ratio = (Math.max(...pair) + .05) / (Math.min(...pair) + .05);
    if (ratio < 4.5) faint.push(part.outerHTML.slice(0, 90) + ' ' + ratio.toFixed(2));
  }
  return faint;
}
