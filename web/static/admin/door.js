// The door: results while somebody types, one tap to check in, ten seconds to take it back.
"use strict";

const search = document.querySelector("[data-door-search]");
if (search && window.htmx) {
  const EVERY_MS = 4000;
  const box = search.querySelector("[name=q]");
  const byCode = document.querySelector("[data-door-code]");
  const counter = document.querySelector("[data-door-count]");
  const done = document.querySelector("#door-done");
  const trouble = document.querySelector("[data-door-trouble]");
  let isOut = false;

  const say = (words) => {
    trouble.textContent = words;
    trouble.hidden = !words;
  };

  // A hand scanner types a badge's code and ends with Enter; a name ends with Enter, too.
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = box.value.trim();
    if (!byCode || typed.length < Number(search.dataset.shortestCode)) {
      window.htmx.trigger(box, "look");
      return;
    }
    byCode.elements.code.value = typed;
    byCode.elements.typed.value = typed;
    byCode.requestSubmit();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr.responseURL.includes("/admin/login")) return;
    event.detail.shouldSwap = false;
    isOut = true;
    say("You are signed out. Reload the page to sign in again.");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // The tapped form itself is gone by now: it was among the results that were replaced.
    const { requestConfig, successful, xhr } = event.detail;
    if (isOut) return;
    if (successful) {
      say("");
      if (requestConfig.verb === "post") next();
    } else if (requestConfig.elt !== counter) {
      say(xhr.status ? "That did not work. Reload the page and try again."
        : "No connection: nothing was changed. Try again in a moment.");
    }
  });

  // The next person: an empty box, ready to type in, unless it still says whom to find.
  const next = () => {
    const isFound = document.querySelector("#door-found").children.length > 0;
    if (isFound) return;
    box.value = "";
    if (!document.querySelector("[data-scanning]")) box.focus();
  };

  // Who came before makes room for who comes now, once it can not be taken back any more.
  box.addEventListener("input", () => {
    if (!done.querySelector("[data-undo]")) done.replaceChildren();
  });

  const tick = () => {
    document.querySelectorAll("[data-undo]").forEach((form) => {
      form.until ??= performance.now() + Number(form.dataset.undo) * 1000;
      const left = Math.ceil((form.until - performance.now()) / 1000);
      form.querySelector("[data-undo-left]").textContent = `${Math.max(left, 0)} s`;
      if (left <= 0) form.remove();
    });
  };
  document.addEventListener("htmx:afterSwap", tick);
  window.setInterval(tick, 250);
  window.setInterval(() => {
    if (!document.hidden && !isOut) window.htmx.trigger(counter, "poll");
  }, EVERY_MS);
  // What was typed while the page still loaded.
  window.addEventListener("load", () => {
    if (box.value !== box.defaultValue) window.htmx.trigger(box, "look");
  });
  tick();
}
