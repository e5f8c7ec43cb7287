"use strict";
// <form data-swap="#id"> and <a data-swap="#id">: put the answer's #id in the place of ours. Without script a page loads.
async function swap(source, address, options) {
  source.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, options);
    if (answer.redirected && source.dataset.queue) return location.assign(answer.url); // a booked sheet leads to its paper
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector(source.dataset.swap);
    const place = next && document.querySelector(source.dataset.swap);
    if (place) place.replaceWith(next);
    else if (answer.redirected || !options.method) return location.assign(answer.url);
    else document.body.replaceWith(fresh.body);
    if (answer.redirected || !options.method) history.pushState(null, "", answer.url);
    (document.querySelector("[aria-invalid=true]") || document.querySelector("[autofocus]"))?.focus();
  } catch {
    source.removeAttribute("aria-busy");
    document.getElementById("told").textContent = document.body.dataset.noNetwork;
  }
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-swap]")) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  const typed = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "get") swap(form, `${form.action}?${typed}`, {});
  else swap(form, form.action, { method: "POST", body: typed });
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(link, link.href, {});
});
window.addEventListener("popstate", () => { if (!location.hash) location.reload(); });
