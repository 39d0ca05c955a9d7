// Importing people: dropping a file, a preview that follows the choices, and the progress bar.
"use strict";

const trouble = document.querySelector("[data-import-trouble]");
const complain = (words) => {
  if (!trouble) return;
  trouble.textContent = words;
  trouble.hidden = !words;
};

const fileForm = document.querySelector("[data-import-file]");
if (fileForm) {
  const drop = fileForm.querySelector("[data-import-drop]");
  const input = fileForm.querySelector("input[type=file]");

  // Said here, before minutes of uploading; the server says it, too.
  const fits = () => {
    const [file] = input.files;
    const isTooLarge = Boolean(file) && file.size > Number(fileForm.dataset.mostBytes);
    complain(isTooLarge ? `The file is larger than ${fileForm.dataset.mostWords}. Split it up, or delete columns that are not needed.` : "");
    return !isTooLarge;
  };
  input.addEventListener("change", fits);
  fileForm.addEventListener("submit", (event) => {
    if (fits()) return;
    event.preventDefault();
    delete fileForm.dataset.sent;
  }, true);

  // A file that misses the box must not replace the page.
  ["dragover", "drop"].forEach((name) => {
    document.addEventListener(name, (event) => event.preventDefault());
  });
  document.addEventListener("dragover", () => drop.classList.add("is-over"));
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    drop.classList.remove("is-over");
    const { files } = event.dataTransfer;
    if (files.length === 0) return;
    if (files.length > 1) {
      complain("One file at a time, please.");
      return;
    }
    input.files = files;
    if (fits()) fileForm.requestSubmit();
  });
}

// Other headings mean other columns: that is another page.
document.querySelectorAll("[data-import-anew]").forEach((tick) => {
  tick.addEventListener("change", (event) => {
    event.stopPropagation();
    tick.form.requestSubmit();
  });
});

// A button sends the form as it is; a preview after that would only come in between.
const plan = document.querySelector("[data-import-plan]");
if (plan) {
  plan.addEventListener("htmx:beforeRequest", (event) => {
    if (plan.dataset.sent) event.preventDefault();
  });
  // What was changed while the page still loaded counts, too.
  const isChanged = (field) => {
    if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected);
    if (field.type === "checkbox") return field.checked !== field.defaultChecked;
    return field.type === "text" && field.value !== field.defaultValue;
  };
  window.addEventListener("load", () => {
    const changed = [...plan.elements].find(isChanged);
    if (changed) changed.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

const said = document.querySelector("[data-import-said]");
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.xhr.responseURL.includes("/admin/login")) return;
  event.detail.shouldSwap = false;
  complain("You are signed out. Reload the page to sign in again; nothing is lost.");
});
document.addEventListener("htmx:afterSwap", () => {
  const summary = document.querySelector("[data-import-summary]");
  if (said && summary) said.textContent = summary.dataset.importSummary;
  const part = document.querySelector("#import-progress");
  if (said && part && !part.hasAttribute("data-import-poll")) said.textContent = part.dataset.state;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, xhr } = event.detail;
  if (successful) {
    if (!xhr.responseURL.includes("/admin/login")) complain("");
    return;
  }
  complain(xhr.status ? "That did not work. Reload the page and try again."
    : "No connection. The import itself goes on; this page asks again.");
});

if (document.querySelector("[data-import-poll]")) {
  window.setInterval(() => {
    const part = document.querySelector("[data-import-poll]");
    if (part && !document.hidden) window.htmx.trigger(part, "poll");
  }, 800);
}
