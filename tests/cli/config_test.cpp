// Configuration files and what the parser of command lines must not make of odd words.
#include <string_view>

#include <gmock/gmock.h>

#include "dropsweep/text/words.hpp"

#include "parse_options.hpp"

namespace dropsweep::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Config, TheCommandLineWinsOverTheConfiguration) {
    const std::string config = "epochs = 3\nhidden = 4\nseeds = 1,2\n# a comment\n\n";
    const Options options = parse({"sweep", "--epochs", "5"}, config);
    EXPECT_EQ(options.training.epochs, 5u);
    EXPECT_THAT(options.training.hidden, ElementsAre(4));
    EXPECT_THAT(options.seeds, ElementsAre(1, 2));
    EXPECT_THAT(parse({"sweep", "--seed", "9"}, config).seeds, ElementsAre(9));
    // Also with the value that is the default anyway.
    EXPECT_EQ(parse({"sweep", "--epochs", "20"}, config).training.epochs, 20u);
}

TEST(Config, AWrongConfigurationIsRefusedInItsOwnWords) {
    EXPECT_THAT(refusal({"train"}, "epoch = 3\n"), HasSubstr("epoch"));
    EXPECT_THAT(refusal({"train"}, "epochs 3\n"), HasSubstr("epochs 3"));
    EXPECT_THAT(refusal({"train"}, "[section]\nepochs = 3\n"), HasSubstr("section"));
    EXPECT_THAT(refusal({"train"}, "epochs = 3\nepochs = 4\n"), HasSubstr("epochs"));
    EXPECT_THAT(refusal({"train"}, "epochs = 0\n"), HasSubstr("epochs"));
    EXPECT_THAT(refusal({"train"}, "epochs =\n"), HasSubstr("epochs"));
    EXPECT_THAT(refusal({"sweep"}, "seed = 1\nseeds = 2\n"), HasSubstr("seeds"));
    EXPECT_THAT(refusal({"train"}, "config = other.ini\n"), HasSubstr("config")) << "silently not read";
}

/// Placeholders of Boost's own messages, which it would fill in for ever.
TEST(Config, WhatStandsBetweenPercentSignsIsLeftAlone) {
    for (const std::string name : {"original_token", "canonical_option", "option", "prefix", "value", "invalid_line"}) {
        const std::string word = "x%" + name + "%y";
        EXPECT_THAT(refusal({"train", "--" + word}), HasSubstr(word));
        EXPECT_THAT(refusal({"train", "--" + word + "=" + word}), HasSubstr(word));
        EXPECT_THAT(refusal({"train", "--epochs", word}), HasSubstr(word));
        EXPECT_THAT(refusal({"train", word}), HasSubstr(word));
        EXPECT_THAT(refusal({"train"}, word + " = 3\n"), HasSubstr(word));
        EXPECT_THAT(refusal({"train"}, word + "\n"), HasSubstr(word));
        EXPECT_THAT(refusal({"train"}, "quiet = " + word + "\n"), HasSubstr(word));
        const std::string path = word + "\x1a%p";
        EXPECT_EQ(parse({"train", "--data", path}).data.path, path);
        EXPECT_EQ(parse({"train"}, "data = " + path + "\n").data.path, path);
    }
}

/// Also of an option that would take any text, and whose neighbour must not become its value.
TEST(Config, AnEmptyValueIsNamed) {
    for (const char* command : {"sweep", "train"}) {
        for (const char* option : {"--data", "--output", "--init-weights", "--config", "--hidden"}) {
            const std::string empty = std::string(option) + " has an empty value; ";
            EXPECT_THAT(refusal({command, option, "", "--dropout", "0.3"}), HasSubstr(empty));
            EXPECT_THAT(refusal({command, std::string(option) + "=", "--dropout", "0.3"}), HasSubstr(empty));
            EXPECT_THAT(refusal({command, option, "--dropout", "0.3"}),
                        HasSubstr(std::string(option) + " has no value: --dropout follows it; "));
        }
        for (const char* name : {"data", "init-weights"}) {
            EXPECT_THAT(refusal({command}, std::string(name) + " =\n"),
                        HasSubstr(std::string(name) + "' has an empty"));
        }
    }
    EXPECT_EQ(parse({"train", "--data=--odd"}).data.path, "--odd");
}

/// What config.ini says must come back as it was, whatever it is.
TEST(Config, TheWrittenConfigurationReadsBack) {
    const std::string given =
        "sweep --dropout 0:0.3:0.1 --seeds 3,7 --hidden 5,6 --epochs 4 --batch-size 30 --learning-rate 0.1 --rho 0.3 "
        "--epsilon 1e-300 --validation-split 0.30000000000000004 --patience none --min-delta 1e-4 "
        "--restore-best-weights=on --shuffle=off --rules=torch --leaf-rows 4 --ranks-per-trial 2";
    const std::vector<std::string_view> words = text::split(given, ' ');
    Options options = parse({words.begin(), words.end()});
    for (const char* path : {"/data/mnist", "/with a space/x", "/with ; and = in it", "/with \"quotes\" and 'more'",
                             "/\xc3\xbc/\xe6\x95\xb0", "/with [brackets]"}) {
        options.data.path = path;
        options.init_weights = std::string(path) + "/model.safetensors";
        const std::string config = to_config(options).text();
        const Options again = parse({"sweep"}, config);
        EXPECT_EQ(again.data, options.data);
        EXPECT_EQ(again.init_weights, options.init_weights);
        EXPECT_EQ(to_config(again).text(), config);
    }
    // Boost takes the rest of a line behind a '#' for a comment.
    for (const char* path : {"/with # in it", "/with a\nline break"}) {
        options.data.path = path;
        EXPECT_THROW(to_config(options), Error);
    }
}

TEST(Config, ConfigurationsOfOtherSystemsAreRead) {
    EXPECT_EQ(parse({"train"}, "epochs = 3\r\nhidden = 4\r\n").training.epochs, 3u);
    EXPECT_EQ(parse({"train"}, "epochs = 3").training.epochs, 3u);
}

}  // namespace
}  // namespace dropsweep::cli
