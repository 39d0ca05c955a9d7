// Ticking lines of a list: all of a page at once, and how many are ticked.
"use strict";

document.querySelectorAll("[data-bulk]").forEach((form) => {
  const picks = [...document.querySelectorAll("[data-pick]")];
  const page = document.querySelector("[data-pick-page]");
  const all = form.querySelector("[data-pick-all]");
  const count = form.querySelector("[data-bulk-count]");
  const buttons = form.querySelectorAll("button");

  const show = () => {
    const ticked = picks.filter((pick) => pick.checked).length;
    const isAll = Boolean(all && all.checked);
    page.checked = ticked === picks.length;
    page.indeterminate = ticked > 0 && ticked < picks.length;
    picks.forEach((pick) => { pick.disabled = isAll; });
    page.disabled = isAll;
    buttons.forEach((button) => { button.disabled = !isAll && ticked === 0; });
    if (isAll) count.textContent = "With all of them:";
    else count.textContent = ticked === 0 ? "Tick lines to change them" : `With ${ticked} ticked:`;
  };

  page.hidden = false;
  page.addEventListener("change", () => {
    picks.forEach((pick) => { pick.checked = page.checked; });
    show();
  });
  picks.forEach((pick) => pick.addEventListener("change", show));
  if (all) all.addEventListener("change", show);
  // A browser that comes back to the page ticks again what was ticked.
  window.addEventListener("pageshow", show);
  show();
});
