// The sections of the page, from report.json, which stands in it. What comes from outside is put in as text alone.

const report = JSON.parse(document.getElementById("report").textContent);
const { axes: options, settings, decision, differences, effects, pairs, trials, verdict, classification, timeline } = report;
const isOneDropout = options.length === 1 && options[0].option === "dropout";
const nameOf = (setting, but = null) =>
  options.filter(({ option }) => option !== but && setting.values[option])
    .map(({ option }) => `${option === "dropout" ? "p" : option} = ${setting.values[option]}`).join(", ");
const shownValue = (value) => value || NONE; // of an option that not every setting has
const chosen = settings[verdict.setting] ?? null;
const percent = (share, places = 2) => `${fixed(isNumber(share) ? 100 * share : null, places)} %`;
const section = (id, title, ...content) => html("section", { id }, html("h2", {}, title), content);
const note = (...text) => html("p", { class: "note" }, text);

/** "mean [low, high]" as a cell, of shares within what they can be; without an interval where there is none. */
function withInterval(summary, isDifference) {
  if (!summary) return [NONE, null];
  const [least, sign] = isDifference ? [-1, "+"] : [0, ""];
  const shown = (share) => fixed(isNumber(share) ? 100 * clamp(share, least, 1) : null, 2, sign);
  const interval = isNumber(summary.low) ? html("span", { class: "interval" }, ` [${shown(summary.low)}, ${shown(summary.high)}]`) : null;
  return [html("span", {}, shown(summary.mean), interval), summary.mean];
}
const cell = (value, places, factor = 1) => [fixed(isNumber(value) ? factor * value : null, places), value];
const pValue = (p) => [isNumber(p) && p < 0.001 ? "< 0.001" : fixed(p, 3), p];

function results() {
  const hasZero = settings.some((setting) => setting.test_accuracy.against_zero);
  const head = [
    ...options.map(({ option }) => ({ name: option })), { name: "best val_loss", unit: "nats" },
    { name: "test accuracy", unit: "% [95 % CI]" },
    ...(hasZero ? [{ name: "minus p = 0", unit: "points [95 % CI]" }, { name: "p-value", unit: `of ${verdict.comparisons}` }] : []),
    { name: "sd", unit: "points" }, { name: "val_loss", unit: "nats" }, { name: "val_accuracy", unit: "%" },
    { name: "epochs" }, { name: "seeds" }];
  const rows = settings.map((setting) => {
    const values = options.map(({ option }) => shownValue(setting.values[option]));
    const first = [html("span", {}, values[0], setting === chosen ? html("span", { class: "chosen" }, "chosen") : null), values[0]];
    const zero = setting.test_accuracy.against_zero;
    return [first, ...values.slice(1), cell(setting.best_val_loss.mean, 4), withInterval(setting.test_accuracy, false),
      ...(hasZero ? [withInterval(zero, true), pValue(zero?.p_value ?? null)] : []),
      cell(setting.test_accuracy.sd, 2, 100), cell(setting.val_loss.mean, 4), cell(setting.val_accuracy.mean, 2, 100),
      cell(setting.epochs.mean, 1), setting.test_accuracy.count];
  });
  const leftOut = trials.filter((trial) => !trial.weights_sha256);
  const trialHead = [
    { name: "trial", isText: true }, { name: "status", isText: true }, { name: "epochs" }, { name: "best epoch" },
    { name: "best val_loss" }, { name: "val_loss" }, { name: "val_accuracy", unit: "%" }, { name: "test_loss" },
    { name: "test_accuracy", unit: "%" }, { name: "weights SHA-256", isText: true }];
  const trialRow = (trial) => [
    trial.id, trial.status, trial.epochs, cell(trial.best_epoch, 0), cell(trial.best_val_loss, 4), cell(trial.val_loss, 4),
    cell(trial.val_accuracy, 2, 100), cell(trial.test_loss, 4), cell(trial.test_accuracy, 2, 100),
    trial.weights_sha256 ? [html("code", { title: trial.weights_sha256 }, trial.weights_sha256.slice(0, 12)), trial.weights_sha256] : [NONE, null]];
  const isRepeated = settings.some((setting) => setting.test_accuracy.count > 1);
  return section("results", "Results",
    table(`Results of each ${isOneDropout ? "dropout value" : "setting"}`, head, rows, (row) => (settings[row] === chosen ? "is-chosen" : null)),
    note("Means over seeds; val_loss, val_accuracy and test accuracy are of the kept weights. The choice is made on validation alone, by the " +
      "lowest mean best val_loss; the test set only reports.",
      isRepeated ? " Intervals are Student t; sd is the sample standard deviation of the test accuracy." : null,
      isRepeated && hasZero ? ` Differences are paired over common seeds; their intervals and p-values are those of a test that holds however often seeds are added, for all ${verdict.comparisons} pairs of settings together.` : null),
    leftOut.length
      ? note(`Left out, because they have no weights to judge: ${leftOut.map((trial) => `${trial.id} (${trial.status})`).join(", ")}.`) : null,
    html("details", {}, html("summary", {}, `All ${counted(trials.length, "trial")}`),
      table("All trials", trialHead, trials.map(trialRow)), note("Epochs count from 0.")));
}

// ---- Charts of the training

const optionTitle = (axis) => (options[axis].option === "dropout" ? "dropout p" : options[axis].option);
/** The place of a value on an axis: dropout rates are numbers, all else are names side by side. */
const areNumbers = options.map(({ option, values }) => option === "dropout" && values.every((value) => isFinite(value)));
const placeOf = (axis, value) => (areNumbers[axis] ? Number(value) * 10 : options[axis].values.indexOf(value));

/** Along one option, the others as in the chosen setting. */
function accuracyChart() {
  const base = chosen ?? settings[0];
  const slice = (axis) => settings.filter((setting) =>
    options.every(({ option }, other) => other === axis || setting.values[option] === base.values[option]));
  const repeated = settings.some((setting) => isNumber(setting.test_accuracy.low));
  const spread = (axis) => {
    const places = slice(axis).map((setting) => placeOf(axis, setting.values[options[axis].option])).sort((a, b) => a - b);
    return Math.min(1, ...places.slice(1).map((place, i) => place - places[i]));
  };
  const means = (axis, isChosen) => slice(axis).filter((setting) => (setting === chosen) === isChosen).map((setting) => {
    const { mean, low, high, count } = setting.test_accuracy;
    const [least, most] = [low, high].map((share) => (isNumber(share) ? 100 * clamp(share, 0, 1) : null));
    const interval = isNumber(least) ? `, 95 % confidence interval ${fixed(least, 2)} to ${fixed(most, 2)} %` : "";
    return {
      x: placeOf(axis, setting.values[options[axis].option]), y: isNumber(mean) ? 100 * mean : null, low: least, high: most,
      text: `${nameOf(setting)}: test_accuracy ${percent(mean)}${interval} (${counted(count, "seed")})${isChosen ? ", chosen on validation" : ""}`,
    };
  });
  // Side by side in the order of the seeds, to the left of the mean and its interval.
  const seeds = (axis) => slice(axis).flatMap((setting) => {
    const own = trials.filter((trial) => settings[trial.setting] === setting && trial.weights_sha256);
    return own.map((trial, i) => ({
      x: placeOf(axis, setting.values[options[axis].option]) - spread(axis) * (0.12 + (0.22 * (own.length - 1 - i)) / own.length),
      y: 100 * trial.test_accuracy, text: `${nameOf(setting)}, seed ${trial.seed}: test_accuracy ${percent(trial.test_accuracy)}`,
    }));
  });
  return xyChart({
    id: "test_accuracy", title: "Test accuracy",
    note: (repeated ? "mean with 95 % confidence interval over the seeds" : "one seed") +
      (options.length > 1 ? "; the other options as in the chosen setting" : "") + "; the choice is made on validation alone",
    x: { name: optionTitle, ticks: (axis) => slice(axis).map((setting) => setting.values[options[axis].option]).map((text) => ({ at: placeOf(axis, text), text: shownValue(text) })) },
    y: { name: "test accuracy (%)", places: 2, most: 100 },
    pick: { label: "along ", options: options.map(({ option }) => option) },
    series: (axis) => [
      repeated ? { name: "one seed", look: 0, color: "var(--muted)", size: 2.5, points: seeds(axis) } : null,
      { name: repeated ? "mean, 95 % CI" : "one seed", look: 0, color: "var(--first)", hasBars: true, size: 5, points: means(axis, false) },
      { name: "chosen", look: 3, color: "var(--second)", hasBars: true, size: 6, points: means(axis, true) },
    ].filter((each) => each && each.points.length),
  });
}

function curvePoints(setting, metric, factor, places, unit) {
  const { seeds, mean, sd } = setting.curves[metric];
  return mean.map((value, epoch) => {
    const spread = isNumber(sd[epoch]) ? sd[epoch] : 0;
    const around = spread ? ` \u00b1 ${fixed(factor * spread, places)}` : "";
    return {
      x: epoch, y: factor * value, low: factor * (value - spread), high: factor * (value + spread),
      text: `${nameOf(setting)}, epoch ${epoch}: ${metric} ${fixed(factor * value, places)}${around}${unit} (${counted(seeds[epoch], "seed")})`,
    };
  });
}

function howAveraged(metric, hasBand) {
  let most = 0;
  for (const setting of settings) most = Math.max(most, ...setting.curves[metric].seeds);
  return most < 2 ? "one seed" : `mean of ${most} seeds while at least half of them train${hasBand ? "; band: \u00b1 1 sample sd" : ""}`;
}

/** The curves of all settings, coloured by the option that the reader picks. */
function curvesChart(id, title, metric, yName, y, factor = 1, places = 4, unit = "") {
  const shown = settings.filter((setting) => setting.curves[metric].mean.length);
  if (shown.length === 0) return null;
  const hasBand = shown.length <= 12;
  return xyChart({
    id, title, note: howAveraged(metric, hasBand), legendTitle: optionTitle, x: { name: "epoch" }, y: { name: yName, places, canBeLog: true, ...y },
    pick: { label: "coloured by ", options: options.map(({ option }) => option) },
    series: (axis) => shown.map((setting) => {
      const value = setting.values[options[axis].option];
      const look = options[axis].values.indexOf(value);
      return {
        name: shownValue(value), look, color: ordered(look, options[axis].values.length), hasLine: true, hasBand,
        points: curvePoints(setting, metric, factor, places, unit),
      };
    }),
  });
}

function lossChart() {
  const setting = options.length > 1 && chosen ? chosen : settings.find((each) => each.curves.loss.mean.length);
  if (!setting) return null;
  const curve = (name, metric, look, color) => ({ name, look, color, hasLine: true, hasBand: true, points: curvePoints(setting, metric, 1, 4, "") });
  return xyChart({
    id: "loss", title: `Training and validation loss, ${nameOf(setting)}`, note: howAveraged("loss", true), legendTitle: "", x: { name: "epoch" },
    y: { name: "loss (nats)", places: 4, canBeLog: true },
    series: () => [curve("train", "loss", 0, "var(--first)"), curve("validation", "val_loss", 1, "var(--second)")],
  });
}

// ---- A decision

/** A line for each setting as far as it came. */
function raceChart() {
  const [factor, places, unit] = decision.by === "val_accuracy" ? [100, 2, " %"] : [1, 4, " nats"];
  const lines = settings.map(() => []);
  for (const { seeds, settings: left, means, dropped } of decision.rounds) {
    left.forEach((setting, i) => {
      const end = dropped.find((each) => each.setting === setting);
      const why = !end ? "" : end.better === null ? "; dropped: a trial was lost"
        : `; dropped: worse than ${nameOf(settings[end.better])} by ${fixed(factor * end.distance, places)}, ${fixed(factor * end.allowed, places)} allowed`;
      lines[setting].push({
        x: seeds, y: isNumber(means[i]) ? factor * means[i] : null,
        text: `${nameOf(settings[setting])}, ${seeds} seeds: mean ${decision.by} ${fixed(factor * means[i], places)}${unit}${why}`,
      });
    });
  }
  // Those that were dropped at once are often so far off that nothing would be seen of the others.
  const isDrawn = (points) => points.length > (decision.rounds.length > 1 ? 1 : 0);
  const atOnce = settings.length - lines.filter(isDrawn).length;
  return xyChart({
    id: "race", title: "The race",
    note: `mean over the seeds, until a setting is dropped; ${fixed(factor * decision.difference, places)}${unit} matter` +
      (atOnce ? `; ${atOnce} more ${atOnce === 1 ? "was" : "were"} dropped after ${decision.rounds[0].seeds} seeds` : ""),
    legendTitle: "", x: { name: "seeds" }, y: { name: `${decision.by} (${decision.by === "val_accuracy" ? "%" : "nats"})`, places, canBeLog: factor === 1 },
    series: () => lines.map((points, i) => ({
      name: nameOf(settings[i]), look: i, color: ordered(i, settings.length), hasLine: true, points,
    })).filter((each) => isDrawn(each.points)),
  });
}

function decisionSection() {
  if (!decision || decision.rounds.length === 0) return null;
  const rows = decision.rounds.flatMap(({ seeds, settings: left, dropped }) => dropped.map((each) => [
    nameOf(settings[each.setting]), seeds, each.better === null ? "a trial was lost" : nameOf(settings[each.better]),
    ...(each.better === null ? [[NONE, null], [NONE, null]] : [cell(each.distance, 5), cell(each.allowed, 5)]), left.length - dropped.length]));
  return section("decision", "The decision",
    raceChart(),
    table("Settings that were dropped", [{ name: "dropped", isText: true }, { name: "after seeds" }, { name: "better", isText: true },
      { name: "by" }, { name: "allowed" }, { name: "left" }], rows));
}

/** How the interval of the difference to others shrinks. */
function differenceChart() {
  if (differences.length === 0) return null;
  const points = (share) => 100 * share;
  const ends = differences.flatMap(({ mean, low, high }) => [...mean, low.at(-1), high.at(-1), 0]).map(points);
  const room = 0.5 * (Math.max(...ends) - Math.min(...ends)) || 0.1;
  const [least, most] = [Math.min(...ends) - room, Math.max(...ends) + room];
  return xyChart({
    id: "difference", title: "The difference to others, as seeds are added",
    note: `${nameOf(chosen)} minus others: mean, and the 95 % interval that holds at every look`,
    legendTitle: "minus", x: { name: "seeds" }, y: { name: "test accuracy (points)", places: 2, least, most },
    series: () => differences.map(({ setting, seeds, mean, low, high }, i) => ({
      name: nameOf(settings[setting]), look: i, color: i ? "var(--second)" : "var(--first)", hasLine: true, hasBand: true,
      points: seeds.map((x, at) => ({
        x, y: points(mean[at]), low: clamp(points(low[at]), least, most), high: clamp(points(high[at]), least, most),
        text: `${nameOf(chosen)} minus ${nameOf(settings[setting])}, ${x} seeds: ${fixed(points(mean[at]), 2, "+")} points, ` +
          `95 % interval ${fixed(points(low[at]), 2, "+")} to ${fixed(points(high[at]), 2, "+")}`,
      })),
    })),
  });
}

// ---- What the options do, each by itself and two together

function effectsChart() {
  const isRepeated = effects.some(({ values }) => values.some(({ test_accuracy: accuracy }) => accuracy.count > 1));
  return xyChart({
    id: "effects", title: "Effect of one option", note: `mean over all values of the other options${isRepeated ? ", 95 % confidence interval over the seeds" : ""}`,
    x: { name: (pick) => effects[pick].option, ticks: (pick) => effects[pick].values.map(({ value }, at) => ({ at, text: value })) },
    y: { name: "test accuracy (%)", places: 2, most: 100 }, pick: { label: "of ", options: effects.map(({ option }) => option) },
    series: (pick) => [{
      name: "mean", look: 0, color: "var(--first)", hasBars: true, size: 5,
      points: effects[pick].values.map(({ value, test_accuracy: { mean, low, high } }, x) => {
        const [least, most] = [low, high].map((share) => (isNumber(share) ? 100 * clamp(share, 0, 1) : null));
        const interval = isNumber(least) ? `, 95 % confidence interval ${fixed(least, 2)} to ${fixed(most, 2)} %` : "";
        return { x, y: 100 * mean, low: least, high: most, text: `${effects[pick].option} = ${value}: test_accuracy ${percent(mean)}${interval}` };
      }),
    }],
  });
}

/** The lower the loss the stronger the colour; a diamond where the chosen setting is. */
function pairMap({ rows, columns, test_accuracy: accuracies, best_val_loss: losses }) {
  const [own, other] = [rows, columns].map((name) => options.find(({ option }) => option === name).values);
  const known = losses.flat().filter(isNumber);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const cells = losses.flatMap((line, row) => line.map((loss, column) => {
    const level = most > least ? Math.min(Math.floor((HEAT_LEVELS * (most - loss)) / (most - least)), HEAT_LEVELS - 1) : 0;
    const isChosen = chosen && chosen.values[rows] === own[row] && chosen.values[columns] === other[column];
    return {
      row, column, value: loss, shown: `${isChosen ? "\u25c6 " : ""}${fixed(loss, 3)}`, color: heat(level), ink: onHeat(level),
      text: `${rows} = ${shownValue(own[row])}, ${columns} = ${shownValue(other[column])}: mean best val_loss ${fixed(loss, 4)}, ` +
        `test_accuracy ${percent(accuracies[row][column])}${isChosen ? "; the chosen setting is here" : ""}`,
    };
  })).filter((each) => isNumber(each.value));
  return heatMap({
    id: `pair-${rows}-${columns}`, title: `${rows} and ${columns}`, note: "mean best val_loss (nats) over all else; the lower the stronger the colour; \u25c6 the chosen setting",
    rowName: rows, columnName: columns, rows: own.map(shownValue), columns: other.map(shownValue), cells, widest: 76,
  });
}

function optionsSection() {
  if (effects.length === 0 && pairs.length === 0) return null;
  const rows = effects.flatMap(({ option, values }) => values.map(({ value, test_accuracy: accuracy, best_val_loss: loss, difference }) =>
    [option, value, cell(loss.mean, 4), withInterval(accuracy, false), withInterval(difference, true)]));
  return section("options", "What each option does",
    effects.length ? [
      table("Effect of each option, averaged over the others", [
        { name: "option", isText: true }, { name: "value" }, { name: "best val_loss", unit: "nats" }, { name: "test accuracy", unit: "% [95 % CI]" },
        { name: "minus the best value", unit: "points [95 % CI]" }], rows),
      note("For each seed the mean over all combinations of the other options in which every value has a trial; then mean and interval over the " +
        "seeds. The best value is the one with the lowest mean best val_loss."),
      effectsChart()] : null,
    html("div", { class: "pairs" }, pairs.map(pairMap)));
}

// ---- The model on the test set

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

// ---- The run

function timelineSection() {
  const { ranks, seconds, idle_share: idle, predicted_seconds: predicted, spans, gaps, has_ended: hasEnded } = timeline;
  if (spans.length === 0 || !(seconds > 0)) return null;
  const values = options[0].values;
  const settingOf = new Map(trials.map((trial) => [trial.id, settings[trial.setting]]));
  const color = (value) => (value === undefined ? "var(--muted)" : ordered(values.indexOf(value), values.length));
  const valueOf = (trial) => settingOf.get(trial)?.values[options[0].option];
  const on = (first, count) => (count === 1 ? `rank ${first}` : `ranks ${first} to ${first + count - 1}`);
  const trialsSeen = new Set(spans.map((span) => span.trial)).size;
  const said = `${counted(trialsSeen, "trial")} in ${duration(seconds)} on ${counted(ranks, "rank")}; ranks idle for ${percent(idle, 1)} of the time.`;
  return section("timeline", "Timeline",
    hasEnded ? html("p", {}, said, isNumber(predicted) ? ` Predicted at the start: ${duration(predicted)}.` : null) : null,
    timeChart({
      id: "timeline-chart", title: "Who trained what when", note: "notches: ends of epochs; grey: idle", rowName: "rank",
      xName: "seconds since the start of the sweep", rows: ranks, end: seconds,
      legend: values.map((name) => ({ name: `${optionTitle(0)} ${shownValue(name)}`, color: color(name) })),
      bars: spans.map((span) => ({
        row: span.first_rank, rows: span.ranks, start: span.start, end: span.start + span.seconds, shown: span.trial, ends: span.epoch_ends,
        color: color(valueOf(span.trial)),
        text: `${span.trial} on ${on(span.first_rank, span.ranks)}: ${fixed(span.seconds, 2)} s, from ${fixed(span.start, 2)} s to ${fixed(span.start + span.seconds, 2)} s`,
      })),
      gaps: gaps.map(({ rank, start, end }) => ({ row: rank, start, end, text: `rank ${rank} idle for ${fixed(end - start, 2)} s, from ${fixed(start, 2)} s` })),
    }));
}

const list = (value) => (Array.isArray(value) ? value : []);
const plain = (value) => (value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));
const code = (text) => (text ? html("code", {}, text) : "");
const commandBlock = (lines) => html("pre", { class: "command", tabindex: 0 }, html("code", {}, `${lines.join("\n")}\n`));

/** Names and values; a value that is empty is left out. */
const facts = (all) => html("dl", { class: "facts" },
  all.filter(([, value]) => value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))));

function ranksText(ranks) {
  const all = list(ranks);
  if (all.length < 2) return `rank ${all.map(plain).join("")}`;
  return `ranks ${all.every((rank, i) => rank === all[0] + i) ? `${all[0]}\u2013${all.at(-1)}` : all.map(plain).join(", ")}`;
}

/** Names, of which the first ones are enough to know them. */
function someNames(names) {
  const most = 40;
  const all = list(names).map(plain);
  return all.length > most ? `${all.slice(0, most).join(", ")}, and ${all.length - most} more` : all.join(", ");
}

function partFacts({ manifest: whole, command }) {
  const manifest = whole ?? {};
  const [program, plan, data] = ["program", "plan", "data"].map((name) => manifest[name] ?? {});
  const time = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(plain(manifest.started));
  const shape = data.rows === 1 ? `samples of ${plain(data.columns)} features` : `images of ${plain(data.rows)} \u00d7 ${plain(data.columns)} pixels`;
  const weights = list(manifest.class_weights).map((weight, i) =>
    `${isNumber(weight) ? Number(weight.toPrecision(4)) : plain(weight)} for ${list(data.class_names)[i] ?? i}`);
  return facts([
    ["Program", plain(program.name) && `${plain(program.name)} ${plain(program.version)}`],
    ["Started", time ? `${time.slice(1, 4).join("-")} ${time.slice(4).join(":")} UTC` : plain(manifest.started)],
    ["Command", code(command)],
    ["Machines", list(manifest.machines).map((machine, i) => [i ? html("br") : null,
      `${plain(machine?.host)}: ${plain(machine?.cpu)}, ${plain(machine?.products ?? machine?.blas)} `,
      html("span", { class: "muted" }, `(${ranksText(machine?.ranks)})`)])],
    ["MPI", plain(manifest.mpi)], ["BLAS threads per rank", plain(manifest.blas_threads)], ["Precision", plain(manifest.precision)],
    ["Rules", plain(manifest.rules)], ["Optimizer", plain(manifest.optimizer)], ["Class weights", weights.join(", ")], ["Ranks", plain(plan.ranks)],
    ["Groups", list(plan.groups).map((group) => ranksText(Array.from({ length: clamp(group?.ranks ?? 0, 0, 1e6) }, (_, i) => group.first_rank + i))).join(", ")],
    ["Unused ranks", list(plan.unused_ranks).map(plain).join(", ")], ["Leaves per trial", plain(plan.leaves)],
    ["Shards per trial", plain(plan.shards)], ["Trials", plain(plan.trials)], ["Data", plain(data.source)], ["Why this data", plain(data.note)],
    ["Data SHA-256", code(plain(data.sha256))],
    ["Samples", plain(data.training_samples) && `${plain(data.training_samples)} training, ${plain(data.validation_samples)} validation, ` +
      `${plain(data.test_samples)} test ${shape}, ${plain(data.classes)} classes`],
    ["Classes", someNames(data.class_names)], ["Features", someNames(data.feature_names)]]);
}

function build() {
  const names = report.directories.join(", ");
  document.title = `dropsweep: ${names}`;
  const kind = isOneDropout ? "dropout rate" : "setting";
  const repeats = report.parts.map((part) => part.repeat).filter(Boolean);
  const charts = settings.length === 0 ? [] : [
    accuracyChart(), differenceChart(),
    curvesChart("val_loss_dropout", "Validation loss", "val_loss", "validation loss (nats)"),
    curvesChart("val_acc_dropout", "Validation accuracy", "val_accuracy", "validation accuracy (%)", { canBeLog: false, most: 100 }, 100, 2, " %"),
    curvesChart("train_loss_dropout", "Training loss (dropout on)", "loss", "training loss (nats)"),
    lossChart()];
  document.querySelector("main").replaceChildren(...[
    html("header", {},
      html("p", { class: "run" }, "dropsweep ", html("span", {}, names)),
      html("h1", {}, settings.length > 1 ? `Which ${kind} is best?` : `One ${kind}`), html("p", { class: "verdict" }, verdict.text)),
    results(), decisionSection(), optionsSection(), section("plots", "Plots", charts), classification ? testSet() : null, timelineSection(),
    section("configuration", "Configuration", facts(Object.entries(report.config).map(([name, value]) => [name, code(value)]))),
    section("provenance", "Provenance", report.parts.map((part, i) => [
      report.parts.length > 1 ? html("h3", {}, `Part ${i + 1}${part.directory ? `: ${part.directory}` : ""}`) : null, partFacts(part)])),
    section("repeat", "Repeat the run",
      repeats.length ? [html("p", {}, "With every setting as it was resolved, into a new directory:"), commandBlock(repeats)] : null,
      html("p", {}, "As it was started:"), commandBlock(report.parts.map((part) => part.command))),
  ].filter(Boolean));
  redraws.forEach((redraw) => redraw());
}

build();
addEventListener("resize", () => redraws.forEach((redraw) => redraw()));
for (const event of ["scroll", "pointerdown"]) addEventListener(event, () => hideTooltip(), { capture: true, passive: true });
