"use strict";
// Keeps the desk's pages and their style for a hall without signal: the network first, what was kept when there is none.
const fits = (address) => address.pathname === "/desk" || address.pathname.startsWith("/desk/") || address.pathname.startsWith("/static/");
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || !fits(address)) return;
  event.respondWith((async () => {
    const pages = await caches.open("desk");
    try {
      const answer = await fetch(request);
      if (answer.ok && !answer.redirected) await pages.put(request, answer.clone());
      return answer;
    } catch (error) {
      const known = await pages.match(request, { ignoreVary: true });
      if (known) return known;
      throw error;
    }
  })());
});
