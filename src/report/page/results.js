// The facts of report.json, the table of results and the charts of the training. Texts from outside become text nodes alone.

const report = JSON.parse(document.getElementById("report").textContent);
const { axes: options, settings, decision, differences, effects, pairs, trials, verdict, classification, timeline } = report;
const isOneDropout = options.length === 1 && options[0].option === "dropout";
const nameOf = (setting) =>
  options.filter(({ option }) => setting.values[option])
    .map(({ option }) => `${option === "dropout" ? "p" : option} = ${setting.values[option]}`).join(", ");
const optionNames = options.map(({ option }) => option);
const valueOf = (setting, axis) => setting.values[optionNames[axis]];
const shownValue = (value) => value || NONE; // of an option that not every setting has
const chosen = settings[verdict.setting] ?? null;
const times = (factor, value) => (isNumber(value) ? factor * value : null);
const percent = (share, places = 2) => `${fixed(times(100, share), places)} %`;
/** A share, or a difference of two, in percent within what it can be. */
const within = (share, isDifference = false) => (isNumber(share) ? 100 * clamp(share, isDifference ? -1 : 0, 1) : null);
const section = (id, title, ...content) => html("section", { id }, html("h2", {}, title), content);
const note = (...text) => html("p", { class: "note" }, text);

/** "mean [low, high]" as a cell; without an interval where there is none. */
function withInterval(summary, isDifference) {
  if (!summary) return [NONE, null];
  const shown = (share) => fixed(within(share, isDifference), 2, isDifference ? "+" : "");
  const interval = isNumber(summary.low) ? html("span", { class: "interval" }, ` [${shown(summary.low)}, ${shown(summary.high)}]`) : null;
  return [html("span", {}, shown(summary.mean), interval), summary.mean];
}
const cell = (value, places, factor = 1) => [fixed(times(factor, value), places), value];
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

const optionTitle = (axis) => (optionNames[axis] === "dropout" ? "dropout p" : optionNames[axis]);
/** The place of a value on an axis: dropout rates are numbers, all else are names side by side. */
const areNumbers = options.map(({ option, values }) => option === "dropout" && values.every((value) => isFinite(value)));
const placeOf = (axis, value) => (areNumbers[axis] ? Number(value) * 10 : options[axis].values.indexOf(value));

/** A mean accuracy over the seeds as a point of a chart. */
function accuracyPoint(x, name, { mean, low, high }, more = "") {
  const interval = isNumber(low) ? `, 95 % confidence interval ${fixed(within(low), 2)} to ${fixed(within(high), 2)} %` : "";
  return { x, y: times(100, mean), low: within(low), high: within(high), text: `${name}: test_accuracy ${percent(mean)}${interval}${more}` };
}

/** Along one option, the others as in the chosen setting. */
function accuracyChart() {
  const base = chosen ?? settings[0];
  const slice = (axis) => settings.filter((setting) =>
    options.every((_, other) => other === axis || valueOf(setting, other) === valueOf(base, other)));
  const placeOn = (axis, setting) => placeOf(axis, valueOf(setting, axis));
  const repeated = settings.some((setting) => isNumber(setting.test_accuracy.low));
  const spread = (axis) => {
    const places = slice(axis).map((setting) => placeOn(axis, setting)).sort((a, b) => a - b);
    return Math.min(1, ...places.slice(1).map((place, i) => place - places[i]));
  };
  const means = (axis, isChosen) => slice(axis).filter((setting) => (setting === chosen) === isChosen).map((setting) =>
    accuracyPoint(placeOn(axis, setting), nameOf(setting), setting.test_accuracy,
      ` (${counted(setting.test_accuracy.count, "seed")})${isChosen ? ", chosen on validation" : ""}`));
  // Side by side in the order of the seeds, to the left of the mean and its interval.
  const seeds = (axis) => slice(axis).flatMap((setting) => {
    const own = trials.filter((trial) => settings[trial.setting] === setting && trial.weights_sha256);
    return own.map((trial, i) => ({
      x: placeOn(axis, setting) - spread(axis) * (0.12 + (0.22 * (own.length - 1 - i)) / own.length),
      y: 100 * trial.test_accuracy, text: `${nameOf(setting)}, seed ${trial.seed}: test_accuracy ${percent(trial.test_accuracy)}`,
    }));
  });
  return xyChart({
    id: "test_accuracy", title: "Test accuracy",
    note: (repeated ? "mean with 95 % confidence interval over the seeds" : "one seed") +
      (options.length > 1 ? "; the other options as in the chosen setting" : "") + "; the choice is made on validation alone",
    x: { name: optionTitle, ticks: (axis) => slice(axis).map((setting) => ({ at: placeOn(axis, setting), text: shownValue(valueOf(setting, axis)) })) },
    y: { name: "test accuracy (%)", places: 2, most: 100 },
    pick: { label: "along ", options: optionNames },
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
    pick: { label: "coloured by ", options: optionNames },
    series: (axis) => shown.map((setting) => {
      const value = valueOf(setting, axis);
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
