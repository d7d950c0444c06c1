// A directory for one test, and a user without root's rights.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace dropsweep {

/// A directory of its own for one test; it and what is in it vanish with this object.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "dropsweep-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
        path_ = name;
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    /// Lets other users in.
    void open_to_all() const {
        using std::filesystem::perms;
        constexpr perms kEnter = perms::group_read | perms::group_exec | perms::others_read | perms::others_exec;
        std::filesystem::permissions(path_, perms::owner_all | kEnter);
    }

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

/// Takes root's right to read everything away for as long as this object lives. No effect for other users.
class WithoutRootRights {
  public:
    WithoutRootRights() {
        constexpr uid_t kNobody = 65534;
        if (user_ == 0 && ::seteuid(kNobody) != 0) works_ = false;
    }
    WithoutRootRights(const WithoutRootRights&) = delete;
    ~WithoutRootRights() {
        if (::seteuid(user_) != 0) std::abort();
    }

    bool works() const { return works_; }

  private:
    uid_t user_ = ::geteuid();
    bool works_ = true;
};

}  // namespace dropsweep
