// Words that a shell reads back as they were.
#include "dropsweep/text/shell_word.hpp"

#include <array>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

namespace dropsweep::text {
namespace {

/// What a shell makes of a word.
std::string read_by_shell(const std::string& word) {
    std::FILE* pipe = ::popen(("exec bash -c 'printf %s \"$0\"' " + word).c_str(), "r");
    if (pipe == nullptr) return "no shell";
    std::array<char, 256> buffer;
    const std::size_t length = std::fread(buffer.data(), 1, buffer.size(), pipe);
    ::pclose(pipe);
    return {buffer.data(), length};
}

TEST(ShellWord, IsReadBackAsItWas) {
    for (const std::string word : {"plain-word_1.0,2:3/x", "--seeds=5", "", "two words", "it's", "$HOME `id` \"x\" \\",
                                   "a;b|c&d>e<f(g)*?[h]{i}~#!", "VARIABLE=value", "\u00fcber \u20ac"}) {
        EXPECT_EQ(read_by_shell(shell_word(word)), word) << shell_word(word);
    }
    EXPECT_EQ(shell_word("plain-word_1.0,2:3/x"), "plain-word_1.0,2:3/x");
    EXPECT_EQ(shell_word("--seeds=5"), "--seeds=5");
    EXPECT_EQ(shell_word("VARIABLE=value"), "'VARIABLE=value'");
}

TEST(ShellWord, BytesThatCannotBeShown) {
    EXPECT_EQ(shell_word("a\nb\xff'\\"), R"($'a\012b\377\'\\')");
}

}  // namespace
}  // namespace dropsweep::text
