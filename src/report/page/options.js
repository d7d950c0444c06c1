// The decision, the differences as seeds are added, and what each option does.

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
        x: seeds, y: times(factor, means[i]),
        text: `${nameOf(settings[setting])}, ${seeds} seeds: mean ${decision.by} ${fixed(factor * means[i], places)}${unit}${why}`,
      });
    });
  }
  // Settings that the first round drops are left out: their means would stretch the axis.
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

/** The intervals of the differences to others after each seed. */
function differenceChart() {
  if (differences.length === 0) return null;
  const points = (share) => 100 * share;
  const shown = (share) => fixed(points(share), 2, "+");
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
        text: `${nameOf(chosen)} minus ${nameOf(settings[setting])}, ${x} seeds: ${shown(mean[at])} points, ` +
          `95 % interval ${shown(low[at])} to ${shown(high[at])}`,
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
      points: effects[pick].values.map(({ value, test_accuracy: accuracy }, x) => accuracyPoint(x, `${effects[pick].option} = ${value}`, accuracy)),
    }],
  });
}

/** The lower the loss the stronger the colour; a diamond where the chosen setting is. */
function pairMap({ rows, columns, test_accuracy: accuracies, best_val_loss: losses }) {
  const [own, other] = [rows, columns].map((name) => options[optionNames.indexOf(name)].values);
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
