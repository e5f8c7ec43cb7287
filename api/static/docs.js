"use strict";
// Swagger UI out of an installed package; asks no other host. The session's form token goes along with each write.
const place = document.getElementById("docs");
window.SwaggerUIBundle({
  url: "/openapi.json",
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Token"] = place.dataset.csrf;
    return request;
  },
});
