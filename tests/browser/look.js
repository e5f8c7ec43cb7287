// Looks a page over as it stands on the screen and returns its faults as sentences: names, roles, contrast, sizes.
() => {
  const faults = [];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest("[hidden]");
  const say = (e) => `<${e.tagName.toLowerCase()}${e.id ? ` id=${e.id}` : ""} class="${e.getAttribute("class") || ""}"> "${(e.textContent || "").trim().slice(0, 30)}"`;
  const unseen = (e) => Boolean(e.closest(".unseen, .skip"));

  // --- the page as a whole
  if (!document.documentElement.lang) faults.push("the page does not say its language");
  if (document.title.trim().startsWith("·")) faults.push("the page has no title");
  for (const [name, wanted] of [["h1", 1], ["main", 1]]) {
    const found = document.querySelectorAll(name).length;
    if (found !== wanted) faults.push(`${found} <${name}>`);
  }
  let last = 0;
  for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4)")) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) faults.push(`heading of level ${level} after ${last}: ${say(heading)}`);
    last = level;
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) faults.push(`id ${id} stands twice`);
  for (const attribute of ["aria-describedby", "aria-labelledby", "for", "list"]) {
    for (const e of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of e.getAttribute(attribute).split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) faults.push(`${attribute} points at ${id}, which is not there: ${say(e)}`);
      }
    }
  }
  for (const navigation of document.querySelectorAll("nav")) {
    if (!navigation.getAttribute("aria-label")) faults.push("a navigation without a name");
  }

  // --- names and roles
  const name = (e) => {
    const by = (e.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean).map((id) => document.getElementById(id)?.textContent || "");
    const labels = e.labels ? [...e.labels].map((label) => label.textContent) : [];
    const own = e.matches("input, select, textarea") ? "" : e.textContent;
    const alt = [...e.querySelectorAll("img[alt], [aria-label]")].map((each) => each.getAttribute("alt") || each.getAttribute("aria-label"));
    return [e.getAttribute("aria-label"), ...by, ...labels, own, ...alt].map((text) => (text || "").trim()).find(Boolean) || "";
  };
  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter(shown);
  for (const e of controls) if (!name(e)) faults.push(`no name: ${say(e)} ${e.outerHTML.slice(0, 100)}`);
  for (const e of document.querySelectorAll("img:not([alt])")) faults.push(`picture without words: ${e.src}`);
  for (const e of document.querySelectorAll("svg")) {
    if (shown(e) && !e.closest("[aria-hidden=true]") && !(e.getAttribute("role") === "img" && e.getAttribute("aria-label"))) {
      if (!e.closest("[role=img][aria-label]")) faults.push(`drawing without words: ${e.outerHTML.slice(0, 80)}`);
    }
  }
  for (const e of document.querySelectorAll("table")) {
    if (!e.caption || !e.caption.textContent.trim()) faults.push("a table without a caption");
    if (e.querySelector("th:not([scope])")) faults.push(`a head cell without scope: ${say(e.querySelector("th:not([scope])"))}`);
  }
  for (const e of document.querySelectorAll("[onclick], [onchange], [style]")) {
    if (!e.closest("svg, .chart, #docs")) faults.push(`script or style inline: ${say(e)}`);
  }

  // --- contrast, computed over what really lies behind
  const rgba = (text) => {
    const found = text.match(/[\d.]+/g)?.map(Number) || [0, 0, 0, 0];
    return [found[0], found[1], found[2], found[3] ?? 1];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = (e) => {
    const layers = [];
    for (let each = e; each; each = each.parentElement) layers.push(rgba(getComputedStyle(each).backgroundColor));
    const canvas = rgba(getComputedStyle(document.documentElement).backgroundColor);
    return layers.reverse().reduce((under, layer) => over(layer, under), canvas[3] ? canvas : [255, 255, 255, 1]);
  };
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [hi, lo] = [light(a), light(b)].sort((x, y) => y - x);
    return (hi + 0.05) / (lo + 0.05);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !shown(e) || unseen(e) || e.closest("script, noscript, option, svg, #docs") || told.has(e)) continue;
    told.add(e);
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const ground = behind(e);
    const found = contrast(over(rgba(style.color), ground), ground);
    if (found < least) faults.push(`contrast ${found.toFixed(2)} below ${least}: ${say(e)}`);
  }
  for (const e of document.querySelectorAll("main :is(input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), select, textarea)")) {
    if (!shown(e)) continue;
    const found = contrast(rgba(getComputedStyle(e).borderTopColor), behind(e.parentElement));
    if (found < 3) faults.push(`edge contrast ${found.toFixed(2)} below 3: ${say(e)}`);
  }

  // --- what a finger must hit: 24 by 24, except links inside a sentence
  const inSentence = (e) => e.matches("a") && e.closest("p, li, dd, label, figcaption") && e.parentElement.textContent.trim() !== e.textContent.trim();
  for (const e of controls) {
    if (unseen(e) || inSentence(e) || e.closest("#docs, svg") || e.matches("[tabindex='0']")) continue;
    const box = e.getBoundingClientRect();
    if (box.width <= 1 && box.height <= 1) continue;
    const label = e.labels?.[0]?.getBoundingClientRect();
    if (Math.min(box.width, box.height) < 23.5 && !(label && label.height >= 23.5 && e.matches("[type=checkbox], [type=radio]"))) {
      faults.push(`target ${box.width.toFixed(0)} × ${box.height.toFixed(0)}: ${say(e)}`);
    }
  }
  return faults;
}
