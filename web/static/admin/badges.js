// The button prints the sheets that the page shows.
"use strict";

const printButton = document.querySelector("[data-print]");
if (printButton) printButton.addEventListener("click", () => window.print());
