// The model on the test set: scores, confusion and misread images.

const what = (count) => counted(count, classification.image ? "test image" : "test sample");

function scoresChart() {
  const { classes, scores, accuracy, macro_average: mean } = classification;
  const points = (metric, by, name) => scores.map((score, i) => ({
    x: i + by, y: 100 * score[metric], text: `class ${classes[i]}: ${name} ${percent(score[metric])}` + (metric === "recall" ? ` of ${what(score.support)}` : ""),
  }));
  return xyChart({
    id: "fscore", title: "Precision and recall of each class",
    note: `${classification.trial} on the test set: accuracy ${percent(accuracy)}, mean F1 of the classes ${percent(mean.f1)}`,
    x: { name: "class", ticks: () => classes.map((name, at) => ({ at, text: shortened(name, 14) })) }, y: { name: "share (%)", places: 2, most: 100.5 },
    series: () => [
      { name: "F1", look: 3, color: "var(--idle)", size: 4, points: points("f1", 0, "F1") },
      { name: "precision", look: 0, color: "var(--first)", size: 4.5, points: points("precision", -0.14, "precision") },
      { name: "recall", look: 2, color: "var(--second)", size: 4.5, points: points("recall", 0.14, "recall") }],
  });
}

function confusionMap() {
  const { classes, confusion, scores, mistakes } = classification;
  const cells = confusion.flatMap((counts, row) => counts.map((count, column) => {
    const level = Math.min(Math.floor(Math.log2(count)), HEAT_LEVELS - 1);
    const isRight = row === column;
    return {
      row, column, value: count, shown: String(count), color: isRight ? "var(--correct)" : heat(level), ink: isRight ? "var(--ink)" : onHeat(level),
      text: `true ${classes[row]}, read as ${classes[column]}: ${what(count)} (${percent(count / scores[row].support, 1)} of the true ${classes[row]})`,
    };
  })).filter((each) => each.value > 0);
  const total = classification.weighted_average.support;
  return heatMap({
    id: "confusion", title: "Confusion of classes", note: `${classification.trial} on the test set: ${mistakes.length} of ${what(total)} misclassified`,
    rowName: "true class", columnName: "predicted class", rows: classes, columns: classes, cells,
  });
}

function tile(mistake) {
  const { classes, image } = classification;
  const canvas = html("canvas", { width: image.columns, height: image.rows, role: "img" });
  const drawing = canvas.getContext("2d");
  const pixels = drawing.createImageData(image.columns, image.rows);
  for (let i = 0; i < image.rows * image.columns; ++i) {
    pixels.data.fill(parseInt(mistake.pixels.substr(2 * i, 2), 16), 4 * i, 4 * i + 3);
    pixels.data[4 * i + 3] = 255;
  }
  drawing.putImageData(pixels, 0, 0);
  const sure = percent(mistake.probability ?? 0, 0);
  const text = `true ${classes[mistake.true]}, read as ${classes[mistake.predicted]} (${sure}), test image ${mistake.index}`;
  canvas.setAttribute("aria-label", text);
  return html("figure", { class: "tile", pointermove: (event) => showTooltip(canvas, text, event.clientX, event.clientY),
    pointerleave: () => hideTooltip(canvas) },
    canvas, html("figcaption", {}, "\u2192 ", html("b", {}, classes[mistake.predicted]), ` ${sure}`, html("small", {}, mistake.index)));
}

function gallery(label) {
  const { classes, confusion, mistakes, scores } = classification;
  const missed = scores[label].support - confusion[label][label];
  const shown = mistakes.filter((mistake) => mistake.true === label && mistake.pixels)
    .sort((a, b) => b.probability - a.probability).slice(0, 32);
  return html("section", { class: "gallery" },
    html("h4", {}, classes[label], html("span", {},
      `${missed} of ${scores[label].support} missed${shown.length < missed ? `, the ${shown.length} most confident` : ""}`)),
    shown.length ? html("div", { class: "tiles" }, shown.map(tile)) : null);
}

function testSet() {
  const { trial, classes, scores, accuracy, mistakes, macro_average: macro, weighted_average: weighted } = classification;
  const row = (name, score) => [name, ...["precision", "recall", "f1"].map((metric) => cell(score[metric], 4)), score.support];
  const rows = [...scores.map((score, i) => row(classes[i], score)), row("macro average", macro), row("weighted average", weighted)];
  return section("test", `The ${trial === verdict.trial ? "chosen model" : `model of ${trial}`} on the test set`,
    html("p", {}, `${trial} reads ${weighted.support - mistakes.length} of ${what(weighted.support)} correctly: ${percent(accuracy)}.`),
    html("h3", {}, "Precision and recall"),
    table("Precision and recall of each class", [{ name: "class" }, { name: "precision" }, { name: "recall" }, { name: "F1" }, { name: "support" }], rows,
      (i) => (i === scores.length ? "total" : null)),
    scoresChart(), confusionMap(),
    classification.image ? [html("h3", {}, "Misread images"),
      note("For each true class the images that the model read as another one, its most confident mistakes first. Below an image: what it was " +
        "read as, with which probability, and its number in the test file, from 0."),
      classes.map((name, label) => gallery(label))] : null);
}
