"use strict";
// <form data-swap="#id"> and <a data-swap="#id">: put the answer's #id in the place of ours. Without script a page loads.
async function swap(source, address, options) {
  const from = document.activeElement;
  source.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, options);
    if (answer.redirected && source.dataset.queue) return location.assign(answer.url); // a booked sheet leads to its paper
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector(source.dataset.swap);
    const place = next && document.querySelector(source.dataset.swap);
    const at = document.activeElement;
    if (place && options.method) carry(source, next, options.body);
    if (place) place.replaceWith(next);
    else if (answer.redirected || !options.method) return location.assign(answer.url);
    else document.body.replaceWith(fresh.body);
    if (answer.redirected || !options.method) history.pushState(null, "", answer.url);
    const wrong = document.querySelector("[aria-invalid=true]");
    const moved = at !== from && at.id && document.getElementById(at.id);
    (moved || wrong || document.querySelector("[autofocus]"))?.focus();
    if (!moved && wrong?.name === "scan" && wrong.value === options.body.get("scan")) wrong.select(); // the next scan takes its place
  } catch {
    source.removeAttribute("aria-busy");
    if (source.dataset.queue && options.method) await keep(source, options.body);
    else document.getElementById("told").textContent = document.body.dataset.noNetwork;
  }
  proceed(source.dataset.swap);
}
// A scanner is faster than a network: what comes while an answer is awaited takes its turn, and nothing typed is lost.
const turns = [];
function take(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const busy = form.getAttribute("aria-busy") === "true";
  const act = body.get("act");
  if (busy && (!form.dataset.queue || (act === "book" && [...turns, form.dataset].some((each) => each.act === "book")))) return;
  if (act === "book") document.getElementById("told").textContent = "";
  else if (form.dataset.queue) form.elements.scan.value = "";
  if (busy) return turns.push({ act, scan: body.get("scan") });
  form.dataset.act = act;
  swap(form, form.action, { method: "POST", body });
}
function carry(old, fresh, sent) {
  for (const field of old.elements || []) {
    const next = field.id && field.type !== "file" && fresh.querySelector(`#${field.id}`);
    if (!next || field.value === (sent.get(field.name) ?? "")) continue;
    if (field.value || (field.name === "scan" && turns.length)) next.value = field.value;
  }
}
function proceed(id) {
  const form = turns.length && document.querySelector(id);
  if (!form) return;
  const alert = form.querySelector("[role=alert]");
  if (alert) { // is said until the sheet is booked, and nothing is booked unseen
    document.getElementById("told").textContent += alert.textContent;
    turns.splice(0, turns.length, ...turns.filter((each) => each.act !== "book"));
  }
  const turn = turns.shift();
  if (!turn) return;
  const body = new URLSearchParams(new FormData(form));
  for (const name of ["act", "scan"]) body.set(name, turn[name]);
  form.dataset.act = turn.act;
  swap(form, form.action, { method: "POST", body });
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-swap]")) return;
  event.preventDefault();
  if (form.method === "post") return take(form, event.submitter);
  if (form.getAttribute("aria-busy") !== "true") swap(form, `${form.action}?${new URLSearchParams(new FormData(form, event.submitter))}`, {});
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(link, link.href, {});
});
window.addEventListener("popstate", () => { if (!location.hash) location.reload(); });

// Work without network: a form with data-queue is kept on this device and sent under its own key when there is a network.
const box = () => document.getElementById("queue");
const kept = (mode, act) => new Promise((done, failed) => {
  const opening = indexedDB.open("jibei", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("commands", { keyPath: "key" });
  opening.onerror = () => failed(opening.error);
  opening.onsuccess = () => {
    const change = opening.result.transaction("commands", mode);
    const asked = act(change.objectStore("commands"));
    change.oncomplete = () => { opening.result.close(); done(asked.result); };
    change.onerror = () => failed(change.error);
  };
});
const mine = async () => (await kept("readonly", (all) => all.getAll())).filter((each) => each.login === box().dataset.login);
function newKey() { // crypto.randomUUID is missing on plain HTTP
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}
function tell(form, text) {
  const line = form.querySelector("#scanned");
  line.textContent = text;
  line.hidden = false;
}
async function keep(form, body) {
  if (!box()) return;
  const fields = Object.fromEntries(body);
  delete fields.csrf;
  if (fields.act !== "book") return keepScan(form, fields.scan.trim());
  await kept("readwrite", (all) => all.put({
    key: fields.key, login: box().dataset.login, kind: form.dataset.queue, at: new Date().toISOString(), fields }));
  form.elements.key.value = newKey();
  if (form.querySelector("#unread")) form.querySelector("#lines").replaceChildren();
  else form.querySelectorAll("#lines input:not([type=hidden])").forEach((input) => { input.value = ""; });
  tell(form, box().dataset.added);
  form.elements.scan.focus();
  show();
}
function keepScan(form, text) {
  const lines = [...form.querySelectorAll("fieldset.line")];
  const known = lines.find((line) => text.split("/").includes(encodeURIComponent(line.dataset.lot)) || line.dataset.lot === text);
  tell(form, box().dataset.unread);
  if (known && !turns.length && !form.elements.scan.value) return known.querySelector("input:not([type=hidden])").focus();
  const pattern = form.querySelector("#unread");
  if (!text || !pattern || lines.some((line) => line.dataset.scan === text)) return form.elements.scan.focus();
  const line = document.createElement("div");
  line.innerHTML = pattern.innerHTML.replaceAll("__PLACE__", lines.length);
  const frame = line.firstElementChild;
  frame.dataset.scan = frame.querySelector("legend").textContent = frame.querySelector("[type=hidden]").value = text;
  form.querySelector("#lines").append(frame);
  form.elements.scan.focus();
}
async function show() {
  const waiting = await mine();
  const oldest = Math.min(...waiting.map((each) => Date.parse(each.at)));
  const words = box().dataset.kept.replace("{n}", waiting.length).replace("{minutes}", Math.round((Date.now() - oldest) / 6e4));
  box().firstElementChild.textContent = waiting.length ? words + (isSecureContext ? "" : ` ${box().dataset.plain}`) : "";
  box().hidden = !waiting.length && !box().querySelector("li");
}
let sending = false;
async function send() {
  const waiting = sending ? [] : (await mine()).sort((one, other) => (one.at < other.at ? -1 : 1)).slice(0, 20);
  if (!waiting.length) return;
  sending = true;
  try {
    const commands = JSON.stringify(waiting.map(({ key, kind, at, fields }) => ({ key, kind, at, fields })));
    const body = new URLSearchParams({ csrf: box().dataset.csrf, key: newKey(), sent_at: new Date().toISOString(), commands });
    const answer = await fetch("/desk/queue", { method: "POST", body });
    if (answer.redirected || !answer.ok) throw answer;
    for (const { key, outcome, said, number } of await answer.json()) {
      if (!["later", "kept"].includes(outcome)) await kept("readwrite", (all) => all.delete(key));
      const line = document.createElement("li");
      line.dataset.outcome = outcome;
      line.textContent = `${waiting.find((each) => each.key === key).at.slice(0, 16).replace("T", " ")} · ${said} ${number || ""}`;
      if (outcome !== "later") box().lastElementChild.append(line);
    }
  } catch (answer) {
    if (answer instanceof Response && [401, 403].includes(answer.status)) box().firstElementChild.textContent = box().dataset.signIn;
  } finally {
    sending = false;
    show();
  }
}
if (box() && window.indexedDB) {
  show().then(send);
  addEventListener("online", send);
  setInterval(() => show().then(send), 20000);
  if (location.pathname === "/desk" && isSecureContext) navigator.serviceWorker?.register("/sw.js");
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => window.caches?.delete("desk"));
}
