// Stands for npz.cpp in a build without libzip.
#include "dropsweep/system/npz.hpp"

#include "dropsweep/system/features.hpp"

namespace dropsweep::system {
namespace {

[[noreturn]] void refuse_archives() {
    refuse_without("npz", "use another format than .npz");
}

}  // namespace

void ZipDeleter::operator()(zip*) const {}
void ZipDeleter::operator()(zip_file*) const {}
void ZipDeleter::operator()(zip_source*) const {}

NpzReader::NpzReader(const std::filesystem::path&, std::string) {
    refuse_archives();
}

NpzWriter::NpzWriter(const std::filesystem::path&) {
    refuse_archives();
}

// Never called: the constructors throw.
void NpzMember::read_to_end(std::span<std::byte>) {
    refuse_archives();
}

std::vector<std::string> NpzReader::names() const {
    refuse_archives();
}

std::optional<NpzMember> NpzReader::find(const std::string&) const {
    refuse_archives();
}

NpzMember NpzReader::get(const std::string&) const {
    refuse_archives();
}

void NpzReader::refuse(const std::string&, const std::string&) const {
    refuse_archives();
}

void NpzWriter::add_member(const std::string&, std::string) {
    refuse_archives();
}

void NpzWriter::write() {
    refuse_archives();
}

}  // namespace dropsweep::system
