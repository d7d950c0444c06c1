// Splits CSV files into records by libcsv.
#include "csv_records.hpp"

#include <map>
#include <new>
#include <utility>

#include <csv.h>
#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::data {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

struct CsvRecords::Parser : csv_parser {
    ~Parser() { csv_free(this); }
};

CsvRecords::CsvRecords(const std::filesystem::path& path)
    : path_(path), file_(path), parser_(std::make_unique<Parser>()) {
    if (csv_init(parser_.get(), CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) != 0) throw std::bad_alloc();
    // The growth of a field's buffer: with the default of 128 bytes a field of megabytes takes minutes.
    csv_set_blk_size(parser_.get(), std::size_t{1} << 20);
}

CsvRecords::~CsvRecords() = default;

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
    if (csv_fini(parser_.get(), on_field, on_record, this) != 0) fail();
    rethrow();
}

void CsvRecords::refuse(const std::string& what, const std::string& remedy) const {
    throw Error(ExitCode::bad_data, fmt::format("{}: {}; {}", path_.string(), what, remedy));
}

void CsvRecords::refuse_line(const std::string& what, const std::string& remedy) const {
    refuse(fmt::format("line {}: {}", record_line_, what), remedy);
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
    csv_set_delim(parser_.get(), static_cast<unsigned char>(separator));
    // libcsv drops white space around fields, to which a tab must not belong where it separates them.
    if (separator == '\t') csv_set_space_func(parser_.get(), [](unsigned char c) { return int{c == ' '}; });
}

/// Parses line by line, to know in which line a record begins.
void CsvRecords::parse(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end == std::string_view::npos ? bytes.size() : end + 1);
        constexpr int kNoRecord = 0;  // libcsv's ROW_NOT_BEGUN
        if (parser_->pstate == kNoRecord) {
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
        if (csv_parse(parser_.get(), piece.data(), piece.size(), on_field, on_record, this) != piece.size()) fail();
        rethrow();
        if (end == std::string_view::npos) break;
        ++line_;
        bytes.remove_prefix(end + 1);
    }
}

void CsvRecords::fail() {
    rethrow();
    if (csv_error(parser_.get()) == CSV_ENOMEM) throw std::bad_alloc();
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

}  // namespace dropsweep::data
