"""Whether a page can be read: the contrast of every text that is seen, and whether any is cut off."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Locator

ENOUGH = 4.5
"""The contrast of text with what is behind it that WCAG 2 asks for (level AA)."""

_LOOK = """
root => {
  const colour = text => {
    const [red, green, blue, alpha = 1] = (text.match(/[\\d.]+/g) || []).map(Number);
    const scale = text.startsWith('color(srgb') ? 255 : 1;
    return [red * scale, green * scale, blue * scale, alpha];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((part, index) => part * a + below[index] * (1 - a));
  const behind = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(colour(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = rgb => rgb.map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const scrolls = element => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
  const frame = root.getBoundingClientRect(), found = [];
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, element = text.parentElement, range = document.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()].filter(box => box.width && box.height);
    if (!text.data.trim() || !boxes.length || !element.checkVisibility({contentVisibilityAuto: true})) continue;
    const back = behind(element), front = over(colour(getComputedStyle(element).color), back);
    const [dark, bright] = [light(back), light(front)].sort((one, other) => one - other);
    let inScrolled = false;
    for (let at = element; at !== root.parentElement; at = at.parentElement) inScrolled ||= scrolls(at);
    const right = Math.max(...boxes.map(box => box.right)), left = Math.min(...boxes.map(box => box.left));
    found.push({
      text: text.data.trim().slice(0, 60),
      contrast: (bright + 0.05) / (dark + 0.05),
      size: parseFloat(getComputedStyle(element).fontSize),
      // A space at the end of a line hangs over the edge.
      cut: !inScrolled && (right > frame.right + 8 || left < frame.left - 1),
    });
  }
  return found;
}
"""


def unreadable(root: Locator, smallest: float = 11.0, seconds: float = 5.0) -> list[str]:
    """Return a line for each text in an element that is cut off, too small (in pixels) or too much like what is behind it.

    A window that has just got another size has some seconds to settle.
    """
    latest = time.monotonic() + seconds
    while (found := _unreadable(root, smallest)) and time.monotonic() < latest:
        root.page.wait_for_timeout(200)
    return found


def _unreadable(root: Locator, smallest: float) -> list[str]:
    texts: list[dict[str, Any]] = root.evaluate(_LOOK)
    assert texts, "there is no text"
    found = [f"cut off: {text['text']}" for text in texts if text["cut"]]
    found += [f"{text['size']:g} px: {text['text']}" for text in texts if text["size"] < smallest]
    return found + [f"contrast {text['contrast']:.2f}: {text['text']}" for text in texts if text["contrast"] < ENOUGH]
