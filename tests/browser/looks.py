"""What is asked of every page's looks, by axe-core and by a few looks of our own."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.served_admin import too_wide

ROOT = Path(__file__).parents[2]
AXE = ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js"
PICTURES = ROOT / ".local" / "screenshots"
GRAVE = ("serious", "critical")

_AXE = """async (rules) => {
  const found = await axe.run({ exclude: [["option"]] }, {
    resultTypes: ["violations"], ...(rules ? { runOnly: { type: "rule", values: rules } } : {}),
  });
  return found.violations.map(({ id, impact, nodes }) => ({
    id, impact, nodes: nodes.slice(0, 4).map(({ html, any }) =>
      `${html.slice(0, 160)} ${any.map(({ message }) => message).join(" ").slice(0, 160)}`),
  }));
}"""

# Bright and large enough to be seen; a badge's code must stay so, for scanners.
_ISLANDS = """() => {
  const light = (colour) => {
    const [r, g, b, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    return alpha > 0.5 && (0.2126 * r + 0.7152 * g + 0.0722 * b) > 128;
  };
  return [...document.querySelectorAll("body *")].filter((one) => {
    const style = getComputedStyle(one);
    const { width, height } = one.getBoundingClientRect();
    const colour = one instanceof SVGRectElement ? style.fill : style.backgroundColor;
    return width * height > 600 && /^rgb/.test(colour) && light(colour)
      && !one.closest(".badge-code, .bar, .trial-histogram");
  }).map((one) => one.outerHTML.slice(0, 120));
}"""

_UNSEEN_FOCUS = """() => {
  const able = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  const seen = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== "none";
  const missing = [...document.querySelectorAll(able)].filter((one) => {
    if (one.disabled || one.type === "hidden" || !one.checkVisibility()) return false;
    one.focus({ preventScroll: true });
    return document.activeElement === one && !seen(getComputedStyle(one));
  }).map((one) => one.outerHTML.slice(0, 120));
  document.activeElement.blur();
  return missing;
}"""


def axe_faults(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return what axe-core finds serious or critical on the page as it is."""
    found: list[dict[str, Any]] = page.evaluate(_AXE, rules)
    return [f"{one['id']}: {one['nodes']}" for one in found if one["impact"] in GRAVE]


def sideways(page: Page) -> list[str]:
    """Return by how much the page is wider than the window."""
    wider = too_wide(page)
    return [f"{wider} px too wide"] if wider else []


def white_islands(page: Page) -> list[str]:
    """Return what is bright on a page that should be dark."""
    return [f"bright in the dark: {one}" for one in page.evaluate(_ISLANDS)]


def unseen_focus(page: Page) -> list[str]:
    """Return the controls that do not show it when the keyboard is on them."""
    page.keyboard.press("Tab")
    return [f"focus is not seen: {one}" for one in page.evaluate(_UNSEEN_FOCUS)]


def take_picture(page: Page, name: str) -> None:
    """Keep how the whole page looks, for people."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=80, full_page=True)
