// Splits CSV files into records by libcsv.
#include <algorithm>
#include <cstdint>
#include <exception>
#include <map>
#include <new>
#include <utility>

#include <csv.h>
#include <fmt/format.h>

#include "records.hpp"

namespace dropsweep::data {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

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

    void for_each(const Visit& visit) override;
    bool is_header(const Record& first) const override;

  private:
    void begin(std::string_view& bytes);
    void parse(std::string_view bytes);
    [[noreturn]] void fail();
    void rethrow();
    static void on_field(void* text, std::size_t size, void* self);
    static void on_record(int end, void* self);

    csv_parser parser_;
    const Visit* visit_ = nullptr;
    std::string text_;               ///< the fields of the record
    std::vector<std::size_t> ends_;  ///< of each field in text_
    Record record_;
    std::exception_ptr error_;
    std::size_t line_ = 1;  ///< of what is read, from 1
};

CsvRecords::CsvRecords(const std::filesystem::path& path) : Records(path) {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) != 0) throw std::bad_alloc();
    // The growth of a field's buffer: with the default of 128 bytes a field of megabytes takes minutes.
    csv_set_blk_size(&parser_, std::size_t{1} << 20);
}

void CsvRecords::for_each(const Visit& visit) {
    visit_ = &visit;
    std::vector<std::uint8_t> buffer(std::size_t{1} << 18);
    bool is_first = true;
    while (const std::size_t size = file_.read(buffer)) {
        std::string_view bytes(reinterpret_cast<const char*>(buffer.data()), size);
        if (std::exchange(is_first, false)) begin(bytes);
        parse(bytes);
    }
    if (is_first) refuse("the file is empty", "give a table");
    if (csv_fini(&parser_, on_field, on_record, this) != 0) fail();
    rethrow();
}

bool CsvRecords::is_header(const Record& first) const {
    return std::ranges::none_of(first, [](std::string_view field) { return finite_number(field).has_value(); }) ||
           counts_columns(first);
}

/// Skips a byte order mark, and takes as separator what the first line has most of.
void CsvRecords::begin(std::string_view& bytes) {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
        refuse("it is UTF-16", "save it as UTF-8");
    }
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

/// Parses line by line, to know in which line a record begins.
void CsvRecords::parse(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end == std::string_view::npos ? bytes.size() : end + 1);
        constexpr int kNoRecord = 0;  // libcsv's ROW_NOT_BEGUN
        if (parser_.pstate == kNoRecord) {
            record_line_ = line_;
            record_bytes_ = 0;
        }
        record_bytes_ += piece.size();
        constexpr std::size_t kLongest = std::size_t{1} << 26;
        if (record_bytes_ > kLongest) {
            refuse_line("it is longer than 64 MB", "check its quotes, and that the file is a table");
        }
        if (piece.find('\0') != std::string_view::npos) {
            refuse_line("there is a NUL byte in it", "check that the file is a table, in UTF-8");
        }
        if (csv_parse(&parser_, piece.data(), piece.size(), on_field, on_record, this) != piece.size()) fail();
        rethrow();
        if (end == std::string_view::npos) break;
        ++line_;
        bytes.remove_prefix(end + 1);
    }
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
        (*records.visit_)(records.record_);
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
