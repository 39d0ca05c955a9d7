// Lunch moves on the picture of the day: drag it, or focus it and use the arrow keys. What would
// move is shown meanwhile; dropping it, or Enter, leads to the page that asks. Nothing moves here.
"use strict";

const lunchForm = document.querySelector("#desk-lunch form");
if (lunchForm && window.PointerEvent) {
  const MINUTES_A_STEP = 5;
  const grid = document.querySelector(".desk-grid");
  const clock = document.querySelector("[data-desk-poll]");
  const skew = clock ? Number(clock.dataset.now) - Date.now() : 0;

  const make = (name, className, within) => {
    const element = document.createElement(name);
    element.className = className;
    within.append(element);
    return element;
  };
  const overlay = make("div", "lunch-overlay", grid);
  const marks = { matching: make("span", "lunch-mark", overlay), introductions: make("span", "lunch-mark", overlay) };
  const grip = make("div", "lunch-grip", overlay);
  grip.tabIndex = 0;
  make("span", "lunch-grip-name", grip).textContent = "Lunch";
  grip.setAttribute("role", "slider");
  grip.setAttribute("aria-label", "Move lunch: arrow keys, then Enter");
  const bubble = make("p", "lunch-bubble", overlay);
  bubble.setAttribute("aria-hidden", "true");
  grid.prepend(overlay);

  let day = null;
  let offset = 0;
  let drag = null;

  // The picture is replaced whenever the day differs, so that it is read anew each time.
  const read = () => {
    const block = document.querySelector("[data-lunch]");
    if (!block) return null;
    const line = block.ownerSVGElement;
    const number = (name) => (block.dataset[name] === undefined ? null : Number(block.dataset[name]));
    return {
      line, block, starts: number("starts"), ends: number("ends"), minute: number("minute"),
      matching: number("matching"), introductions: number("introductions"),
      showcases: number("showcases"), zone: block.dataset.zone,
      from: Number(line.dataset.from), to: Number(line.dataset.to),
    };
  };
  const percent = (moment) => (100 * (moment - day.from)) / (day.to - day.from);
  const hasSeconds = () => lunchForm.elements.at.step === "1";
  const time = (moment, locale, options) => new Intl.DateTimeFormat(locale, {
    timeZone: day.zone, minute: "2-digit", second: hasSeconds() ? "2-digit" : undefined, ...options,
  }).format(moment);
  const clockTime = (moment) => time(moment, "en-US", { hour: "numeric" });

  const limits = () => {
    const step = MINUTES_A_STEP * day.minute;
    const earliest = Math.max(day.from, Date.now() + skew + day.minute);
    const last = Math.floor((day.to - day.ends) / step) * step;
    return [Math.ceil((earliest - day.starts) / step) * step, Math.max(0, last), step];
  };
  const allowed = (wanted) => {
    const [least, most, step] = limits();
    const stepped = Math.round(wanted / step) * step;
    return stepped === 0 ? 0 : Math.min(most, Math.max(least, stepped));
  };

  // As the page that asks says it: a rehearsal's moves are seconds.
  const span = (milliseconds) => {
    const seconds = Math.max(1, Math.round(milliseconds / 1000));
    if (seconds < 120) return `${seconds} s`;
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    return hours ? `${hours} h ${String(minutes).padStart(2, "0")} min` : `${minutes} min`;
  };
  const words = () => {
    if (!offset) return [`Lunch begins at ${clockTime(day.starts)}`];
    const starts = time(day.starts + offset, "en-US", { hour: "numeric", timeZoneName: "short" });
    const said = [`Lunch ${starts}, ${span(Math.abs(offset))} ${offset > 0 ? "later" : "earlier"}`];
    if (day.matching !== null) said.push(`matching ${clockTime(day.matching + offset)}`);
    if (day.introductions !== null) said.push(`introductions ${clockTime(day.introductions + offset)}`);
    if (day.showcases) said.push(`${day.showcases} ${day.showcases === 1 ? "showcase moves" : "showcases move"} with it`);
    return said;
  };
  // The times below the picture give way to what is said of the move.
  const makeRoom = () => {
    const height = bubble.offsetHeight;
    grid.style.setProperty("--lunch-room", height ? `${height + 6}px` : "0px");
  };
  const show = () => {
    overlay.hidden = !day;
    if (!day) return makeRoom();
    const frame = day.line.getBoundingClientRect();
    const outer = grid.getBoundingClientRect();
    Object.assign(overlay.style, {
      left: `${frame.left - outer.left}px`, top: `${frame.top - outer.top}px`,
      width: `${frame.width}px`, height: `${frame.height}px`,
    });
    Object.assign(grip.style, {
      left: `${percent(day.starts + offset)}%`, width: `${percent(day.ends) - percent(day.starts)}%`,
      top: `${day.block.getAttribute("y")}px`, height: `${day.block.getAttribute("height")}px`,
    });
    Object.entries(marks).forEach(([name, mark]) => {
      mark.hidden = day[name] === null;
      if (day[name] !== null) mark.style.left = `${percent(day[name] + offset)}%`;
    });
    overlay.classList.toggle("is-moving", offset !== 0 || drag !== null);
    const said = words();
    const next = drag ? "Let go to be asked." : "Enter to be asked.";
    bubble.textContent = offset ? `${said.join(" · ")}. ${next}` : "Drag to another time.";
    makeRoom();
    const minutes = (moment) => Math.round((moment - day.from) / day.minute);
    grip.setAttribute("aria-valuemin", "0");
    grip.setAttribute("aria-valuemax", String(minutes(day.to - (day.ends - day.starts))));
    grip.setAttribute("aria-valuenow", String(minutes(day.starts + offset)));
    grip.setAttribute("aria-valuetext", said.join(", "));
  };
  const refresh = () => {
    const fresh = read();
    // Somebody else moved it: then this move is about a lunch that is not there any more.
    if (!fresh || (day && fresh.starts !== day.starts)) {
      offset = 0;
      drag = null;
    }
    day = fresh;
    show();
  };
  const move = (wanted) => {
    offset = allowed(wanted);
    show();
  };
  const reset = () => {
    offset = 0;
    drag = null;
    if (day) show();
  };
  const ask = () => {
    lunchForm.elements.at.value = time(day.starts + offset, "en-GB", { hour: "2-digit", hourCycle: "h23" });
    lunchForm.requestSubmit();
  };

  grip.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    grip.setPointerCapture(event.pointerId);
    drag = { x: event.clientX, offset };
    show();
  });
  grip.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const width = overlay.getBoundingClientRect().width || 1;
    move(drag.offset + ((event.clientX - drag.x) / width) * (day.to - day.from));
  });
  grip.addEventListener("pointerup", () => {
    if (!drag) return;
    drag = null;
    if (offset) ask(); else show();
  });
  grip.addEventListener("pointercancel", reset);
  grip.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (way) move(offset + way * MINUTES_A_STEP * day.minute);
    else if (event.key === "Escape") reset();
    else if (event.key === "Enter" && offset) ask();
    else return;
    event.preventDefault();
  });
  grip.addEventListener("blur", reset);

  const hint = lunchForm.parentElement.querySelector(".hint");
  if (hint) hint.textContent = `Or drag it on the picture of the day. ${hint.textContent}`;
  document.addEventListener("htmx:oobAfterSwap", refresh);
  window.addEventListener("pageshow", () => {
    reset();
    refresh();
  });
  new ResizeObserver(show).observe(grid);
  refresh();
}
