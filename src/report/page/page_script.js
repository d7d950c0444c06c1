"use strict";
// Shows what a data point or an image says beside the pointer. Without this script the browser does it, later.
{
  const tooltip = document.getElementById("tooltip");
  const texts = new Map();
  let current = null;
  let byKeyboard = false;

  for (const value of document.querySelectorAll(".value")) {
    const title = value.querySelector("title");
    texts.set(value, title ? title.textContent : value.title);
    if (title) title.remove();
    value.removeAttribute("title");
  }

  function hide() {
    if (current) current.classList.remove("current");
    current = null;
    tooltip.classList.remove("is-shown");
  }

  function show(value, x, y) {
    if (value !== current) {
      hide();
      current = value;
      current.classList.add("current");
      tooltip.textContent = texts.get(value);
      tooltip.classList.add("is-shown");
    }
    const gap = 14;
    const { width, height } = tooltip.getBoundingClientRect();
    const right = document.documentElement.clientWidth - 4;
    const left = x + gap + width <= right ? x + gap : Math.max(4, Math.min(x - gap - width, right - width));
    const top = y - gap - height >= 4 ? y - gap - height : y + gap;
    tooltip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  function showAtItsPlace(value) {
    const box = value.getBoundingClientRect();
    show(value, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
  }

  // A finger is wider than a point: in a plot the nearest one within reach counts.
  function valueAt(event) {
    const hit = event.target.closest(".value");
    const plot = event.target.closest("svg.plot");
    if (hit || !plot) return hit;
    let nearest = null;
    let reach = event.pointerType === "touch" ? 24 : 10;
    for (const value of plot.querySelectorAll(".value")) {
      const box = value.getBoundingClientRect();
      const dx = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
      const dy = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
      const distance = Math.hypot(dx, dy);
      if (distance < reach) [nearest, reach] = [value, distance];
    }
    return nearest;
  }

  function point(event) {
    byKeyboard = false;
    const value = event.target instanceof Element ? valueAt(event) : null;
    if (value) show(value, event.clientX, event.clientY);
    else hide();
  }

  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.documentElement.addEventListener("mouseleave", hide);
  document.addEventListener(
    "scroll",
    () => {
      if (current && byKeyboard) showAtItsPlace(current);
      else hide();
    },
    { capture: true, passive: true },
  );

  // In a plot that has the focus, the arrow keys go from point to point.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !event.target.matches("svg.plot")) return;
    const values = [...event.target.querySelectorAll(".value")];
    if (values.length === 0) return;
    event.preventDefault();
    const at = values.indexOf(current);
    const next = values[at < 0 ? (step > 0 ? 0 : values.length - 1) : (at + step + values.length) % values.length];
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    byKeyboard = true;
    showAtItsPlace(next);
  });
}
