// Timeline and provenance of the run, and the page as a whole.

function timelineSection() {
  const { ranks, seconds, idle_share: idle, predicted_seconds: predicted, spans, gaps, has_ended: hasEnded } = timeline;
  if (spans.length === 0 || !(seconds > 0)) return null;
  const values = options[0].values;
  const settingOf = new Map(trials.map((trial) => [trial.id, settings[trial.setting]]));
  const color = (value) => (value === undefined ? "var(--muted)" : ordered(values.indexOf(value), values.length));
  const valueOfTrial = (trial) => settingOf.get(trial)?.values[optionNames[0]];
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
        color: color(valueOfTrial(span.trial)),
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
