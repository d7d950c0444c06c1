#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "dropsweep/core/text.hpp"
#include "dropsweep/report/occupancy.hpp"

#include "plot_list.hpp"
#include "plot_style.hpp"

namespace dropsweep::report {
namespace {

/// A trial on the ranks of its group.
struct Bar {
    const TimingRow* trial;
    std::size_t value;  ///< number of its dropout value; kUnknown: the record has no such trial
    double end() const { return trial->start_seconds + trial->seconds; }
};

constexpr std::size_t kUnknown = static_cast<std::size_t>(-1);

/// Everything that is drawn.
struct Timeline {
    std::vector<std::string> values;  ///< dropout values, ascending
    Occupancy occupancy;
    std::vector<Bar> bars;  ///< of the occupancy's spans
};

Timeline arrange(const RunRecord& record) {
    Timeline timeline{.values = {}, .occupancy = occupancy_of(record.timing), .bars = {}};
    std::map<std::string, std::size_t> value_of;
    for (const TrialRecord& each : record.trials) {
        const std::string p = each.trial.dropout.text();
        auto known = std::ranges::find(timeline.values, p);
        if (known == timeline.values.end()) known = timeline.values.insert(known, p);
        value_of[each.trial.id()] = static_cast<std::size_t>(known - timeline.values.begin());
    }
    for (const TimingRow& trial : timeline.occupancy.spans) {
        const auto value = value_of.find(trial.trial);
        timeline.bars.push_back({&trial, value == value_of.end() ? kUnknown : value->second});
    }
    return timeline;
}

class Drawing {
  public:
    explicit Drawing(const Timeline& timeline)
        : timeline_(timeline),
          plot_{
              .name = "timeline", .height = std::clamp(400 + 60 * timeline.occupancy.ranks, 480, 640), .commands = {}} {
        if (timeline.occupancy.ranks > 24) plot_.height = std::min(200 + 16 * timeline.occupancy.ranks, 1000);
        x_pixels_ = (plot_.width - place_.left - place_.right) / timeline.occupancy.seconds;
        y_pixels_ = (plot_.height - place_.top - place_.bottom) / timeline.occupancy.ranks;
        row_half_ = y_pixels_ > 8 ? 0.4 : 0.5;
    }

    Plot draw(const std::vector<TimingRow>& rows) {
        add_gaps();
        add_bars();
        add_epochs(rows);
        plot_.commands += hover_.text();
        plot_.commands +=
            style(plot_,
                  fmt::format("Who trained what when: ranks idle for {:.1f} % of the time",
                              100 * timeline_.occupancy.idle_share),
                  fmt::format("{} on {} in {:.1f} s{}", core::counted(timeline_.occupancy.trials, "trial"),
                              core::counted(static_cast<std::size_t>(timeline_.occupancy.ranks), "rank"),
                              timeline_.occupancy.seconds, epochs_shown_ ? "; notches: ends of epochs" : ""));
        plot_.commands += axes(plot_, place_, "seconds since the start of the sweep", "rank") +
                          legend_right(plot_, place_, "dropout p", timeline_.values.size() + 1);
        plot_.commands +=
            axis_range('x', 0, timeline_.occupancy.seconds) + axis_range('y', timeline_.occupancy.ranks - 0.5, -0.5);
        const auto most = static_cast<std::size_t>(std::max(1.0, (plot_.height - place_.top - place_.bottom) / 26));
        plot_.commands += whole_number_tics('y', static_cast<std::size_t>(timeline_.occupancy.ranks) - 1, most);
        plot_.commands += "unset grid\n";
        layers_.push_back(hover_square_layer(hover_));
        plot_.commands += plot_command(layers_);
        return plot_;
    }

  private:
    double width(double seconds) const { return seconds * x_pixels_; }

    /// Squares along the longer side of a rectangle: all that gnuplot lets feel the pointer are points.
    void add_hover(double start, double end, double first_row, double last_row, const std::string& text) {
        const double across = width(end - start);
        const double down = (last_row - first_row) * y_pixels_;
        const double side = std::max(8.0, std::min(across, down));
        const auto count = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(across, down) / side), 1,
                                                   timeline_.bars.size() > 100 ? 3 : 12);
        for (std::size_t i = 0; i < count; ++i) {
            const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
            const bool along_x = across >= down;
            hover_.row(along_x ? start + share * (end - start) : (start + end) / 2,
                       along_x ? (first_row + last_row) / 2 : first_row + share * (last_row - first_row), text,
                       side / 2);
        }
    }

    void add_gaps() {
        Datablock gaps("idle");
        for (const Gap& gap : timeline_.occupancy.gaps) {
            gaps.row(gap.start, gap.rank, gap.start, gap.end, gap.rank - row_half_, gap.rank + row_half_);
            if (width(gap.end - gap.start) < 2) continue;
            add_hover(
                gap.start, gap.end, gap.rank - row_half_, gap.rank + row_half_,
                fmt::format("rank {} idle for {:.2f} s, from {:.2f} s", gap.rank, gap.end - gap.start, gap.start));
        }
        if (gaps.empty()) return;
        plot_.commands += gaps.text();
        layers_.push_back(fmt::format(
            "{} using 1:2:3:4:5:6 with boxxyerror linecolor rgb '{}' linewidth 0.5 fillstyle pattern 4 {} title 'idle'",
            gaps.name(), kIdle.light, y_pixels_ > 5 ? "" : "noborder"));
    }

    void add_bars() {
        std::vector<Datablock> blocks;
        for (std::size_t v = 0; v <= timeline_.values.size(); ++v) blocks.emplace_back(fmt::format("value{}", v));
        Datablock across("labels");
        Datablock upright("upright_labels");
        double widths = 0;
        for (const Bar& bar : timeline_.bars) {
            const TimingRow& row = *bar.trial;
            const double top = row.first_rank - row_half_;
            const double bottom = row.first_rank + row.ranks - 1 + row_half_;
            const double middle = (top + bottom) / 2;
            const double centre = (row.start_seconds + bar.end()) / 2;
            blocks[std::min(bar.value, timeline_.values.size())].row(centre, middle, row.start_seconds, bar.end(), top,
                                                                     bottom);
            add_hover(row.start_seconds, bar.end(), top, bottom, bar_text(row));
            const double room = width(row.seconds);
            const double label_at = top + (1 - kNotch) / 2 * (bottom - top);
            const double height = (1 - kNotch) * (bottom - top) * y_pixels_;
            const double text_length = kCharacter * static_cast<double>(row.trial.size() + 1);
            if (room > text_length && height > kLine) {
                across.row(centre, label_at, row.trial);
            } else if (height > text_length && room > kLine - 4) {
                upright.row(centre, label_at, row.trial);
            }
            widths += room / static_cast<double>(timeline_.bars.size());
        }
        for (std::size_t v = 0; v < blocks.size(); ++v) {
            if (blocks[v].empty()) continue;
            plot_.commands += blocks[v].text();
            const bool known = v < timeline_.values.size();
            layers_.push_back(
                fmt::format("{} using 1:2:3:4:5:6 with boxxyerror linecolor rgb '{}' fillstyle solid {} title {}",
                            blocks[v].name(), known ? sequential(v, timeline_.values.size()).light : kMutedText.light,
                            widths > 5 ? fmt::format("border linecolor rgb '{}'", kBackground.light) : "noborder",
                            gnuplot_string(known ? timeline_.values[v] : "other")));
        }
        add_labels(across, 0);
        add_labels(upright, 90);
    }

    void add_labels(const Datablock& labels, int angle) {
        if (labels.empty()) return;
        plot_.commands += labels.text();
        layers_.push_back(fmt::format("{} using 1:2:3 with labels rotate by {} font ',{}' textcolor rgb '{}' notitle",
                                      labels.name(), angle, kLabelSize, kBackground.light));
    }

    /// A notch from the lower edge of the bar at the end of every epoch but the last, which is the end of the bar.
    void add_epochs(const std::vector<TimingRow>& rows) {
        Datablock ends("epochs");
        double widths = 0;
        double count = 0;
        std::map<std::string_view, std::vector<const Bar*>> bars_of;
        for (const Bar& bar : timeline_.bars) bars_of[bar.trial->trial].push_back(&bar);
        for (const TimingRow& row : rows) {
            if (row.event != TimingRow::Event::epoch) continue;
            widths += width(row.seconds);
            count += 1;
            const double end = row.start_seconds + row.seconds;
            const double middle = row.start_seconds + row.seconds / 2;
            // Each bar of the ranks that trained the epoch, unless the trial's last bar ends there.
            const std::vector<const Bar*>& bars = bars_of[row.trial];
            const auto goes_on = [&](const Bar* bar) { return bar->end() - end >= 0.5 * row.seconds; };
            if (std::ranges::none_of(bars, goes_on)) continue;
            for (const Bar* bar : bars) {
                if (middle < bar->trial->start_seconds || middle > bar->end()) continue;
                const int ranks = bar->trial->ranks;
                const double bottom = bar->trial->first_rank + ranks - 1 + row_half_;
                ends.row(end, bottom, 0.0, -kNotch * (ranks - 1 + 2 * row_half_));
            }
        }
        epochs_shown_ = !ends.empty() && widths > 3 * count;
        if (!epochs_shown_) return;
        plot_.commands += ends.text();
        layers_.push_back(fmt::format("{} using 1:2:3:4 with vectors nohead linecolor rgb '{}' linewidth 1 notitle",
                                      ends.name(), kBackground.light));
    }

    static std::string bar_text(const TimingRow& row) {
        const std::string ranks = row.ranks == 1
                                      ? fmt::format("rank {}", row.first_rank)
                                      : fmt::format("ranks {} to {}", row.first_rank, row.first_rank + row.ranks - 1);
        return fmt::format("{} on {}: {:.2f} s, from {:.2f} s to {:.2f} s", row.trial, ranks, row.seconds,
                           row.start_seconds, row.start_seconds + row.seconds);
    }

    static constexpr double kNotch = 0.2;  // of the height of a bar
    static constexpr int kLabelSize = 16;
    static constexpr double kCharacter = 0.62 * kLabelSize;
    static constexpr double kLine = 1.25 * kLabelSize;

    const Timeline& timeline_;
    Plot plot_;
    Margins place_{.right = 150};
    double x_pixels_ = 0;
    double y_pixels_ = 0;
    double row_half_ = 0;
    bool epochs_shown_ = false;
    Datablock hover_{"hover"};
    std::vector<std::string> layers_;
};

}  // namespace

std::optional<Plot> timeline_plot(const RunRecord& record) {
    const Timeline timeline = arrange(record);
    if (timeline.bars.empty() || !(timeline.occupancy.seconds > 0)) return std::nullopt;
    return Drawing(timeline).draw(record.timing);
}

}  // namespace dropsweep::report
