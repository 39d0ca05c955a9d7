// Everything that inline handlers did, as listeners, so that the page needs no inline script.
"use strict";

document.documentElement.classList.add("js");

const menuButton = document.querySelector("[data-menu]");
if (menuButton) {
  menuButton.addEventListener("click", () => {
    const open = document.body.classList.toggle("menu-open");
    menuButton.setAttribute("aria-expanded", String(open));
  });
}

// Destructive forms ask first. Without this script the server asks on a page of its own.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (!question) return;
  if (!window.confirm(question)) {
    event.preventDefault();
    return;
  }
  const answer = document.createElement("input");
  answer.type = "hidden";
  answer.name = "confirmed";
  answer.value = "yes";
  event.target.append(answer);
});

// A second press of a button while the first is under way would save twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

document.querySelectorAll("[data-filters] select").forEach((select) => {
  select.addEventListener("change", () => select.form.requestSubmit());
});
document.querySelectorAll("[data-filters]").forEach((form) => {
  form.addEventListener("submit", () => {
    form.querySelectorAll("input, select").forEach((input) => {
      if (input.name && input.value === "") input.disabled = true;
    });
  });
});

document.querySelectorAll("[data-lines]").forEach((lines) => {
  lines.querySelector("[data-add-line]").addEventListener("click", (event) => {
    const number = Number(lines.dataset.next);
    lines.dataset.next = String(number + 1);
    const holder = document.createElement("div");
    holder.innerHTML = lines.querySelector("template").innerHTML.replaceAll("__n__", String(number));
    const line = holder.firstElementChild;
    lines.insertBefore(line, event.target);
    line.querySelector("input:not([type=hidden])").focus();
  });
});

let hasUnsaved = false;
document.querySelectorAll("form[data-unsaved]").forEach((form) => {
  form.addEventListener("input", () => { hasUnsaved = true; });
  form.addEventListener("submit", () => { hasUnsaved = false; });
});
window.addEventListener("beforeunload", (event) => {
  if (hasUnsaved) event.preventDefault();
});

if (navigator.clipboard) {
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  });
}
