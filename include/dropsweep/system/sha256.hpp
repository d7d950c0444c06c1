// SHA-256 digests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct evp_md_ctx_st;  // of OpenSSL, which is seen by sha256.cpp alone

namespace dropsweep::system {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of bytes that come in pieces. @throws Error  failure: OpenSSL does not provide it
class Sha256 {
  public:
    Sha256();
    void update(std::span<const std::byte> bytes);
    /// The digest of all bytes; call once, last.
    Digest finish();

  private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

/// SHA-256 of an array as it lies in memory.
template <class T>
Digest sha256(std::span<const T> values) {
    Sha256 hash;
    hash.update(std::as_bytes(values));
    return hash.finish();
}

}  // namespace dropsweep::system
