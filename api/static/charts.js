"use strict";
// Brings figures to life where there is room for a pointer. The picture drawn on the server stays until then, and if it fails.
(async () => {
  const figures = document.querySelectorAll("figure.chart");
  if (!figures.length || !matchMedia("(min-width: 64rem) and (hover: hover)").matches) return;
  const script = document.createElement("script");
  script.src = figures[0].dataset.script;
  const loaded = new Promise((done, failed) => { script.onload = done; script.onerror = failed; });
  document.head.append(script);
  await loaded;
  const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } };
  for (const figure of figures) {
    const answer = await fetch(figure.dataset.spec);
    if (!answer.ok) continue;
    const place = document.createElement("div");
    await window.vegaEmbed(place, await answer.json(), options);
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", figure.querySelector("img").alt);
    figure.querySelector(".drawing").replaceChildren(place);
    figure.dataset.alive = "yes";
  }
})().catch(() => {});
