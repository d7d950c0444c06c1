// The bytes of a checkpoint: written, read back, and refused when anything about them is wrong.
#include "checkpoint_fixture.hpp"

namespace dropsweep::train {
namespace {

/// What decode says about the bytes; empty when it takes them.
std::string fault(std::string_view bytes, const system::Digest& identity = kIdentity, const std::string& trial = kTrial,
                  std::size_t parameters = kParameters) {
    return error_of(ExitCode::bad_data, [&] { decode(bytes, identity, trial, parameters); });
}

/// Whole to the eye of SHA-256.
std::string sealed(std::string bytes) {
    const std::size_t end = bytes.size() - sizeof(system::Digest);
    const system::Digest digest = system::sha256(std::span<const char>(bytes).first(end));
    std::memcpy(bytes.data() + end, digest.data(), digest.size());
    return bytes;
}

TEST(Checkpoint, RoundTrip) {
    Checkpoint beginning = at(0, 0, 0);
    beginning.early_stopping = {};
    ASSERT_EQ(beginning.early_stopping.best_val_loss, kInfinity);
    Checkpoint not_finite = at(2);
    not_finite.history[0].validation = {.loss = kNotANumber, .accuracy = -kInfinity};
    not_finite.history[1].training.loss = kInfinity;
    not_finite.weights.data()[1] = std::numeric_limits<float>::quiet_NaN();
    not_finite.moments.data()[2] = -std::numeric_limits<float>::infinity();
    not_finite.best_weights.data()[0] = -0.0f;
    const Checkpoint ordinary = at(3, 421);
    for (const Checkpoint* checkpoint : std::initializer_list<const Checkpoint*>{&ordinary, &beginning, &not_finite}) {
        expect_same(decode(encode(*checkpoint, kIdentity, kTrial), kIdentity, kTrial, kParameters), *checkpoint);
    }
}

TEST(Checkpoint, EveryTruncationIsRecognised) {
    const std::string bytes = encode(at(2, 9), kIdentity, kTrial);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_NE(fault(bytes.substr(0, size)), "") << size;
        // And when the truncated file has a digest that fits.
        if (size >= sizeof(system::Digest)) {
            EXPECT_NE(fault(sealed(bytes.substr(0, size))), "") << size;
        }
    }
    EXPECT_NE(fault(bytes + '\0'), "");
    for (std::size_t more = 1; more < 70; ++more) EXPECT_NE(fault(sealed(bytes + std::string(more, '\0'))), "");
}

TEST(Checkpoint, EveryChangeOfAByteIsRecognised) {
    const std::string bytes = encode(at(2, 9), kIdentity, kTrial);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (int value = 0; value < 256; ++value) {
            std::string altered = bytes;
            altered[i] = static_cast<char>(value);
            if (altered == bytes) continue;
            EXPECT_NE(fault(altered), "") << "byte " << i << ": " << value;
        }
    }
}

TEST(Checkpoint, NoLengthMakesItReadOrAllocateBeyondTheFile) {
    const std::string bytes = encode(at(2, 9), kIdentity, kTrial);
    // Whichever eight bytes are a length: as if by somebody who can compute the digest.
    for (std::size_t i = 0; i + 8 <= bytes.size() - sizeof(system::Digest); ++i) {
        for (const std::uint64_t value : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 62,
                                          std::uint64_t{1} << 63, std::uint64_t{0xffffffff}}) {
            std::string altered = bytes;
            std::memcpy(altered.data() + i, &value, sizeof value);
            fault(sealed(altered));
        }
    }
    // As many epochs as the history would have.
    const std::size_t epoch = std::string_view("dropsweep checkpoint 1\n").size() + sizeof(system::Digest) + 8 + 7;
    const std::size_t history = epoch + 4 + 8 + 8 + 8 + 8 + 12 + 8;
    std::string many = bytes;
    const std::uint64_t count = 0xffffffff;
    std::memcpy(many.data() + epoch, &count, 4);
    std::memcpy(many.data() + history, &count, 8);
    EXPECT_EQ(fault(sealed(many)), "it ends too early");
}

TEST(Checkpoint, SaysWhatIsWrong) {
    const std::string bytes = encode(at(2, 9), kIdentity, kTrial);
    const auto altered = [](std::uint32_t epochs, auto&& change) {
        Checkpoint checkpoint = at(epochs);
        change(checkpoint);
        return fault(encode(checkpoint, kIdentity, kTrial));
    };
    EXPECT_EQ(fault(bytes), "");
    EXPECT_EQ(fault(""), "it is not a checkpoint of this version of dropsweep");
    EXPECT_EQ(fault(bytes.substr(0, 40)), "it ends too early");
    EXPECT_EQ(fault(bytes.substr(0, 80)), "its SHA-256 does not match its content");
    EXPECT_EQ(fault(bytes, kOtherIdentity), "it is of another configuration or other data");
    EXPECT_EQ(fault(bytes, kIdentity, "p0.3-s2"), "it is of another trial");
    EXPECT_EQ(fault(bytes, kIdentity, "p0.3-s11"), "it is of another trial");
    EXPECT_EQ(fault(bytes, kIdentity, kTrial, 6), "it is of another network: 5, 5 and 5 numbers instead of 6 and 6");
    EXPECT_EQ(fault(encode(at(1, 0, 4), kIdentity, kTrial)),
              "it is of another network: 5, 5 and 4 numbers instead of 5 and 5");
    EXPECT_EQ(altered(1, [](Checkpoint& checkpoint) { checkpoint.weights = linalg::FloatBuffer(4); }),
              "it is of another network: 4, 5 and 5 numbers instead of 5 and 5");
    EXPECT_EQ(altered(2, [](Checkpoint& checkpoint) { checkpoint.epoch = 3; }),
              "it has a history of 2 epochs before epoch 3");
    EXPECT_EQ(altered(2, [](Checkpoint& checkpoint) { checkpoint.history[1].epoch = 5; }),
              "its history has epoch 5 in place of 1");
}

}  // namespace
}  // namespace dropsweep::train
