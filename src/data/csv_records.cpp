// Splits CSV files into records by libcsv.
#include <algorithm>
#include <exception>
#include <map>
#include <new>
#include <utility>

#include <csv.h>

#include "records.hpp"

namespace dropsweep::data {
namespace {

/// Whether the numbers of a record count its columns, as the names do that pandas gives.
bool counts_columns(const Records::Record& record) {
    constexpr std::size_t kLeast = 4;  // "0,1,yes" may be a sample
    std::vector<double> numbers;
    for (const std::string_view field : record) {
        if (const std::optional<double> number = finite_number(field)) numbers.push_back(*number);
    }
    if (numbers.size() < kLeast || numbers.size() + 1 < record.size()) return false;
    const auto skips = [](double number, double next) { return next != number + 1; };
    return (numbers[0] == 0 || numbers[0] == 1) && std::ranges::adjacent_find(numbers, skips) == numbers.end();
}

class CsvRecords : public Records {
  public:
    explicit CsvRecords(const std::filesystem::path& path);
    ~CsvRecords() override { csv_free(&parser_); }

    bool is_header(const Record& first) const override;

  private:
    void begin(std::string_view bytes) override;
    bool is_between_records() const override;
    void take(std::string_view line) override;
    void finish() override;
    [[noreturn]] void fail();
    void rethrow();
    static void on_field(void* text, std::size_t size, void* self);
    static void on_record(int end, void* self);

    csv_parser parser_;
    std::string text_;               ///< the fields of the record
    std::vector<std::size_t> ends_;  ///< of each field in text_
    Record record_;
    std::exception_ptr error_;
};

CsvRecords::CsvRecords(const std::filesystem::path& path) : Records(path) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) != 0) throw std::bad_alloc();
    // The growth of a field's buffer: with the default of 128 bytes a field of megabytes takes minutes.
    csv_set_blk_size(&parser_, std::size_t{1} << 20);
}

bool CsvRecords::is_header(const Record& first) const {
    return std::ranges::none_of(first, [](std::string_view field) { return finite_number(field).has_value(); }) ||
           counts_columns(first);
}

/// Takes as separator what the first line has most of.
void CsvRecords::begin(std::string_view bytes) {
    std::map<char, int> counts;
    bool is_quoted = false;
    for (const char c : bytes) {
        if (c == '"') is_quoted = !is_quoted;
        if (!is_quoted && (c == '\n' || c == '\r')) break;
        if (!is_quoted) ++counts[c];
    }
    char separator = ',';
    for (const char other : {';', '\t'}) {
        if (counts[other] > counts[separator]) separator = other;
    }
    csv_set_delim(&parser_, static_cast<unsigned char>(separator));
    // libcsv drops white space around fields, to which a tab must not belong where it separates them.
    if (separator == '\t') csv_set_space_func(&parser_, [](unsigned char c) { return int{c == ' '}; });
}

bool CsvRecords::is_between_records() const {
    constexpr int kNoRecord = 0;  // libcsv's ROW_NOT_BEGUN
    return parser_.pstate == kNoRecord;
}

void CsvRecords::take(std::string_view line) {
    if (csv_parse(&parser_, line.data(), line.size(), on_field, on_record, this) != line.size()) fail();
    rethrow();
}

void CsvRecords::finish() {
    if (csv_fini(&parser_, on_field, on_record, this) != 0) fail();
    rethrow();
}

void CsvRecords::fail() {
    rethrow();
    if (csv_error(&parser_) == CSV_ENOMEM) throw std::bad_alloc();
    refuse_line("a quote where none may be, or one that does not end", "put a field that holds quotes into quotes");
}

// Exceptions of visit are kept and thrown here: none may pass through libcsv, which is C.
void CsvRecords::rethrow() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void CsvRecords::on_field(void* text, std::size_t size, void* self) {
    auto& records = *static_cast<CsvRecords*>(self);
    records.ends_.push_back(records.text_.size() + size);
    if (text != nullptr) records.text_.append(static_cast<const char*>(text), size);
}

void CsvRecords::on_record(int /*end*/, void* self) {
    auto& records = *static_cast<CsvRecords*>(self);
    if (records.error_) return;
    records.record_.clear();
    std::size_t begin = 0;
    for (const std::size_t end : records.ends_) {
        records.record_.push_back(std::string_view(records.text_).substr(begin, end - begin));
        begin = end;
    }
    try {
        records.visit(records.record_);
    } catch (...) {
        records.error_ = std::current_exception();
    }
    records.text_.clear();
    records.ends_.clear();
}

}  // namespace

std::unique_ptr<Records> open_csv_records(const std::filesystem::path& path) {
    return std::make_unique<CsvRecords>(path);
}

}  // namespace dropsweep::data
