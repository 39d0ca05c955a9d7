// Light or dark: the system's, or what this browser chose. A cookie remembers, so that the server
// links the right colours at once and no page ever shows the wrong ones first. In the head and not
// deferred, because whatever only works with scripts must not jump into place either.
"use strict";

document.documentElement.classList.add("js");

const LOOKS = {
  auto: { media: "screen and (prefers-color-scheme: dark)", scheme: "light dark" },
  light: { media: "not all", scheme: "light" },
  dark: { media: "screen", scheme: "dark" },
};

const rememberedLook = () => (/(?:^|; )look=(light|dark)(?:;|$)/.exec(document.cookie) || [])[1] || "auto";

const showLook = (look) => {
  document.querySelector("[data-dark]").media = LOOKS[look].media;
  document.querySelector("meta[name=color-scheme]").content = LOOKS[look].scheme;
  document.querySelectorAll("[data-look]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.look === look));
  });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-look]");
  if (!button) return;
  const { look } = button.dataset;
  const age = look === "auto" ? 0 : 365 * 24 * 3600;
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  document.cookie = `look=${look}; path=/; max-age=${age}; samesite=lax${secure}`;
  showLook(look);
});

// A page from the browser's memory, or in another tab, may be older than the choice.
window.addEventListener("pageshow", (event) => { if (event.persisted) showLook(rememberedLook()); });
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) showLook(rememberedLook());
});
