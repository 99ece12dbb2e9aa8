// The graph: larger, smaller, fitting; dragging; a small map of a large picture. Without this it scrolls, and is whole.
const STEP = 1.25;

export function graph() {
  const canvas = document.getElementById("canvas");
  const picture = document.getElementById("graph");
  if (!canvas || !picture) return;
  const { width, height } = picture.viewBox.baseVal;
  let scale = 1;

  const zoom = (wanted, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) => {
    const before = scale;
    scale = Math.min(2, Math.max(0.1, wanted));
    const left = (canvas.scrollLeft + x) * (scale / before) - x;
    const top = (canvas.scrollTop + y) * (scale / before) - y;
    picture.setAttribute("width", width * scale);
    picture.setAttribute("height", height * scale);
    canvas.scrollTo(left, top);
    draw();
  };
  const fit = () => zoom(Math.min(1, canvas.clientWidth / width, Math.max(canvas.clientHeight, 320) / height));

  const buttons = document.getElementById("zoom");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const what = event.target.closest("button")?.dataset.zoom;
    if (what === "fit") fit();
    else if (what) zoom(what === "in" ? scale * STEP : scale / STEP);
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.target !== canvas) return;
    if (event.key === "+" || event.key === "=") zoom(scale * STEP);
    else if (event.key === "-") zoom(scale / STEP);
    else if (event.key === "0") fit();
  });
  drag(canvas);

  // --- the map ---
  const map = document.getElementById("minimap");
  const view = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const draw = () => {
    const large = width * scale > canvas.clientWidth + 4 || height * scale > canvas.clientHeight + 4;
    map.hidden = !large || width * height < 900_000;
    view.setAttribute("x", canvas.scrollLeft / scale);
    view.setAttribute("y", canvas.scrollTop / scale);
    view.setAttribute("width", Math.min(width, canvas.clientWidth / scale));
    view.setAttribute("height", Math.min(height, canvas.clientHeight / scale));
  };
  const small = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  small.setAttribute("viewBox", `0 0 ${width} ${height}`);
  for (const box of picture.querySelectorAll(".box .body")) {
    const copy = box.cloneNode();
    copy.setAttribute("class", "mini");
    small.append(copy);
  }
  view.setAttribute("class", "view");
  small.append(view);
  map.append(small);
  const go = (event) => {
    const box = small.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width * scale;
    const y = ((event.clientY - box.top) / box.height) * height * scale;
    canvas.scrollTo(x - canvas.clientWidth / 2, y - canvas.clientHeight / 2);
  };
  map.addEventListener("pointerdown", (event) => {
    go(event);
    map.setPointerCapture(event.pointerId);
    map.onpointermove = go;
    map.onpointerup = () => { map.onpointermove = null; };
  });
  canvas.addEventListener("scroll", draw, { passive: true });
  addEventListener("resize", draw);

  if (width > canvas.clientWidth) zoom(Math.max(0.5, canvas.clientWidth / width), 0, 0);
  draw();
  // The corner of a large picture may be empty: it begins at the chosen step, or at the first.
  let first = true;
  const chosen = () => {
    const box = picture.querySelector(".box[aria-current]") ?? (first && picture.querySelector(".box"));
    first = false;
    if (!box) return;
    const place = box.getBoundingClientRect();
    const frame = canvas.getBoundingClientRect();
    const inside = place.left >= frame.left && place.right <= frame.right && place.top >= frame.top && place.bottom <= frame.bottom;
    if (!inside) {
      canvas.scrollBy(place.left - frame.left - frame.width / 2 + place.width / 2, place.top - frame.top - frame.height / 2);
    }
  };
  chosen();
  document.addEventListener("lazulite:chosen", chosen);
}

function drag(canvas) {
  let from = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType !== "mouse" || event.target.closest("a")) return;
    from = { x: event.clientX + canvas.scrollLeft, y: event.clientY + canvas.scrollTop };
    canvas.classList.add("dragging");
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (from) canvas.scrollTo(from.x - event.clientX, from.y - event.clientY);
  });
  const stop = () => { from = null; canvas.classList.remove("dragging"); };
  canvas.addEventListener("pointerup", stop);
  canvas.addEventListener("pointercancel", stop);
}
