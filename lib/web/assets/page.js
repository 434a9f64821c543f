// Only an addition: without it the page has the same figures and links.
const figure = document.getElementById("costs-chart");
const rows = [...document.querySelectorAll("#costs tbody tr")].reverse();
const chart = figure?.querySelector(".chart");
if (chart && rows.length > 0) addReading();

function addReading() {
  const plot = chart.querySelector(".plot");
  const reading = figure.querySelector(".reading");
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const heads = [...document.querySelectorAll("#costs thead th")].map((head) => head.textContent);
  const starts = rows.map((row) => Number(row.dataset.start));
  const ends = rows.map((row) => Number(row.dataset.end));
  const [from, until] = [starts[0], ends.at(-1)];
  let [first, last] = [rows.length - 1, rows.length - 1];
  let isDragging = false;

  mark.setAttribute("class", "marked");
  plot.append(mark);
  figure.querySelector(".hint").hidden = false;
  chart.classList.add("draggable");
  chart.setAttribute("tabindex", "0");
  chart.setAttribute("role", "application");

  const position = (ms) => ((ms - from) / (until - from)) * 1000;

  function show(anchor, moved) {
    [first, last] = [anchor, moved];
    const [low, high] = [Math.min(first, last), Math.max(first, last)];
    const [left, right] = [position(starts[low]), position(ends[high])];
    mark.setAttribute("d", `M${left},0H${right}V220H${left}Z`);
    const cells = [...rows[last].cells].slice(1, -1);
    const amounts = cells.map((cell, index) => `${heads[index + 1]} ${cell.textContent}`);
    const names = low === high ? [last] : [low, high];
    const stretch = names.map((index) => rows[index].cells[0].textContent).join(" – ");
    reading.textContent = `${stretch}: ${amounts.join(", ")}`;
  }

  function open() {
    const address = new URL(location.href);
    const [low, high] = [Math.min(first, last), Math.max(first, last)];
    address.searchParams.delete("range");
    address.searchParams.set("from", new Date(starts[low]).toISOString());
    address.searchParams.set("until", new Date(ends[high]).toISOString());
    location.assign(address);
  }

  const under = (event) => {
    const { left, width } = chart.getBoundingClientRect();
    const ms = from + ((event.clientX - left) / width) * (until - from);
    const index = starts.findLastIndex((start) => start <= ms);
    return Math.max(index, 0);
  };

  chart.addEventListener("pointerdown", (event) => {
    show(under(event), under(event));
    // A finger scrolls and taps; only a mouse or a pen marks.
    isDragging = event.pointerType !== "touch" && event.button === 0;
    if (isDragging) chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const index = under(event);
    show(isDragging ? first : index, index);
  });
  chart.addEventListener("pointerup", () => {
    if (isDragging && first !== last) open();
    isDragging = false;
  });
  chart.addEventListener("pointercancel", () => {
    isDragging = false;
  });
  chart.addEventListener("focus", () => show(first, last));
  chart.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -rows.length, End: rows.length };
    const step = steps[event.key];
    if (event.key === "Enter") open();
    if (step === undefined) return;
    event.preventDefault();
    const moved = Math.min(Math.max(last + step, 0), rows.length - 1);
    show(event.shiftKey ? first : moved, moved);
  });
}
