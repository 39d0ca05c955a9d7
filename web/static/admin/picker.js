// Choosing a related record: type, then pick from the list by pointer or keyboard.
"use strict";

document.querySelectorAll("[data-picker]").forEach((root) => {
  const value = root.querySelector("[data-picker-value]");
  const box = root.querySelector("[role=combobox]");
  const list = root.querySelector("[role=listbox]");
  let chosen = box.value;
  let active = -1;
  let timer = 0;
  let latest = 0;

  const close = () => {
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const pick = (option) => {
    value.value = option.dataset.id;
    box.value = chosen = option.textContent;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    window.clearTimeout(timer);
    latest += 1;
    close();
  };

  const mark = (index) => {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) return;
    active = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    options[active].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", options[active].id);
  };

  const show = (found) => {
    list.replaceChildren(
      ...found.map(([id, text], at) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${at}`;
        option.role = "option";
        option.dataset.id = id;
        option.textContent = text;
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          pick(option);
        });
        return option;
      }),
    );
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "picker-none";
      none.textContent = "Nothing found";
      list.append(none);
    }
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
  };

  const search = async (words) => {
    const mine = ++latest;
    const address = new URL(root.dataset.picker, window.location.href);
    address.searchParams.set("query", words);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.ok && mine === latest && document.activeElement === box) show(await answer.json());
  };

  box.addEventListener("focus", () => search(""));
  box.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    value.value = "";
    window.clearTimeout(timer);
    timer = window.setTimeout(() => search(box.value), 150);
  });
  box.addEventListener("keydown", (event) => {
    const options = list.querySelectorAll("[role=option]");
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active - 1);
    else if (event.key === "Enter" && !list.hidden && active >= 0) pick(options[active]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  // Words that were never turned into a choice would look chosen; say so instead.
  box.addEventListener("blur", () => {
    close();
    if (value.value === "" && box.value !== "") {
      box.setCustomValidity("Choose one from the list.");
      box.classList.add("is-open-ended");
    } else {
      box.setCustomValidity("");
      box.classList.remove("is-open-ended");
    }
  });
});
