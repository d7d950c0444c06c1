// SHA-256 beside its known answers.
#include "dropsweep/system/sha256.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "dropsweep/text/hex.hpp"

namespace dropsweep::system {
namespace {

std::string hex_of(std::string_view text) {
    return text::to_hex(sha256(std::span<const char>(text)));
}

// The examples of FIPS 180-2, appendix B, and the empty message.
TEST(Sha256, GivesTheKnownAnswers) {
    EXPECT_EQ(hex_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hex_of(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
    const std::string message(1000, 'x');
    for (const std::size_t first : {0u, 1u, 63u, 64u, 65u, 1000u}) {
        Sha256 hash;
        hash.update(std::as_bytes(std::span(message).first(first)));
        hash.update(std::as_bytes(std::span(message).subspan(first)));
        EXPECT_EQ(text::to_hex(hash.finish()), hex_of(message)) << first;
    }
}

TEST(Sha256, OfAnArrayIsThatOfItsMemory) {
    const std::array<float, 2> values = {1.0f, -2.0f};  // 3f800000 and c0000000, little-endian
    EXPECT_EQ(sha256(std::span<const float>(values)),
              sha256(std::span<const char>(std::string_view("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8))));
}

}  // namespace
}  // namespace dropsweep::system
