// The words of a text: a preview while typing, and placeholders that a press puts in.
"use strict";

const wordsForm = document.querySelector("[data-words]");
if (wordsForm) {
  const words = wordsForm.querySelector("textarea");
  const shown = document.querySelector("[data-words-preview]");
  const status = document.querySelector("[data-words-status]");
  let timer = 0;
  let asking = null;

  const refresh = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(wordsForm.dataset.words, {
        method: "POST", body: new FormData(wordsForm), signal: asking.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      shown.innerHTML = await answer.text();
      const summary = shown.firstElementChild.dataset.summary;
      if (status.textContent !== summary) status.textContent = summary;
    } catch (error) {
      if (error.name === "AbortError") return;
      status.textContent = "";
      const note = document.createElement("p");
      note.className = "words-warning";
      note.textContent = "The preview can not be loaded now. The words are checked all the same.";
      shown.replaceChildren(note);
    }
  };

  words.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, 250);
  });
  // Whoever types faster than a page loads has begun before this listens.
  if (words.value !== words.defaultValue) refresh();

  const insert = (text) => {
    words.focus();
    words.setRangeText(text, words.selectionStart, words.selectionEnd, "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.querySelectorAll("[data-insert]").forEach((code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "words-insert";
    button.title = "Put it where the cursor is";
    code.replaceWith(button);
    button.append(code);
    button.addEventListener("click", () => insert(code.dataset.insert));
  });

  // Without a script, and before anything is typed, the link opens the page filled in.
  document.querySelector("[data-fill]")?.addEventListener("click", (event) => {
    event.preventDefault();
    words.select();
    insert(words.placeholder);
  });
}
