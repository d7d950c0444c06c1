// The records of a CSV file, one after the other.
#pragma once

#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "uncompressed_file.hpp"

namespace dropsweep::data {

/// Visits the records of a CSV file, and knows the line of each. Local: no communication.
class CsvRecords {
  public:
    using Record = std::vector<std::string_view>;
    /// Called with each record, whose fields live until it returns.
    using Visit = std::function<void(const Record&)>;

    /// @throws Error  as UncompressedFile; usage: this build has no libcsv
    explicit CsvRecords(const std::filesystem::path& path);
    ~CsvRecords();

    /// May be called once. @throws Error  bad_data: it is no CSV file in UTF-8, with the line; what visit throws
    void for_each(const Visit& visit);

    bool compressed() const { return file_.compressed(); }
    /// The line in which the visited record begins, from 1.
    std::size_t line() const { return record_line_; }
    /// Bytes of the visited record, as far as it is read.
    std::size_t record_bytes() const { return record_bytes_; }
    /// @throws Error  bad_data, always: the file, what is wrong, the remedy
    [[noreturn]] void refuse(const std::string& what, const std::string& remedy) const;
    /// Likewise, with the line of the visited record.
    [[noreturn]] void refuse_line(const std::string& what, const std::string& remedy) const;

  private:
    struct Parser;
    void begin(std::string_view& bytes);
    void parse(std::string_view bytes);
    [[noreturn]] void fail();
    void rethrow();
    static void on_field(void* text, std::size_t size, void* self);
    static void on_record(int end, void* self);

    std::filesystem::path path_;
    UncompressedFile file_;
    std::unique_ptr<Parser> parser_;
    const Visit* visit_ = nullptr;
    std::string text_;               ///< the fields of the record
    std::vector<std::size_t> ends_;  ///< of each field in text_
    Record record_;
    std::exception_ptr error_;
    std::size_t line_ = 1;         ///< of what is read, from 1
    std::size_t record_line_ = 1;  ///< in which the record begins
    std::size_t record_bytes_ = 0;
};

}  // namespace dropsweep::data
