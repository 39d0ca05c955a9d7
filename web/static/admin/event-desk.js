// The desk keeps itself up to date: it asks every two seconds while somebody looks, and replaces
// only the parts that differ, so that focus stays where it is and nothing flickers.
"use strict";

const poller = document.querySelector("[data-desk-poll]");
if (poller && window.htmx) {
  // A little less than the two seconds that are promised: the answer takes a moment, too.
  const EVERY_MS = 1800;
  const mark = document.querySelector("[data-live]");
  const skew = Number(poller.dataset.now) - Date.now();
  let etag = poller.dataset.etag;
  let state = "";

  const say = (next, words) => {
    if (state === next) return;
    state = next;
    mark.textContent = words;
    mark.classList.toggle("is-live", next === "live");
    mark.classList.toggle("is-lost", next === "lost" || next === "out");
  };
  const live = () => say("live", "Updates by itself");
  const lost = () => {
    const clock = new Date().toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
    say("lost", `Connection lost at ${clock}`);
  };
  const ask = () => {
    if (document.hidden || state === "out") return;
    window.htmx.trigger(poller, "poll");
  };

  poller.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["If-None-Match"] = etag;
  });
  poller.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 200) return;
    const fresh = event.detail.xhr.getResponseHeader("ETag");
    if (fresh) {
      etag = fresh;
      return;
    }
    // Not from the desk: the session is over, and this is the page that asks for a password.
    event.detail.shouldSwap = false;
    say("out", "Signed out: reload the page");
  });
  poller.addEventListener("htmx:afterRequest", (event) => {
    if (state === "out") return;
    if (event.detail.successful) live(); else lost();
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const fresh = event.detail.fragment.firstElementChild;
    const shown = event.detail.target;
    if (fresh && fresh.dataset.version === shown.dataset.version) event.detail.shouldSwap = false;
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) say("paused", "Paused");
    else ask();
  });

  const two = (number) => String(number).padStart(2, "0");
  const span = (seconds) => {
    const [days, hours] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24];
    const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
    if (days) return `in ${days} ${days === 1 ? "day" : "days"} ${hours} h`;
    if (hours) return `in ${hours} h ${two(minutes)} min`;
    return `in ${minutes}:${two(rest)}`;
  };
  const tick = () => {
    const now = Date.now() + skew;
    document.querySelectorAll("[data-until]").forEach((timer) => {
      const left = Math.ceil((Number(timer.dataset.until) - now) / 1000);
      timer.textContent = left > 0 ? span(left) : "now";
      timer.classList.add("is-counting");
    });
    document.querySelectorAll("[data-now-line]").forEach((line) => {
      const { from, to } = line.ownerSVGElement.dataset;
      const share = (now - Number(from)) / (Number(to) - Number(from));
      line.classList.toggle("is-away", share < 0 || share > 1);
      const place = `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`;
      line.setAttribute("x1", place);
      line.setAttribute("x2", place);
    });
  };

  document.addEventListener("htmx:oobAfterSwap", tick);
  window.setInterval(tick, 1000);
  window.setInterval(ask, EVERY_MS);
  tick();
  if (document.hidden) say("paused", "Paused"); else live();
}
