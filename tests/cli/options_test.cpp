// The values of the options of `sweep`, `train` and `plan`.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dropsweep/system/features.hpp"

#include "parse_options.hpp"

namespace dropsweep::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void expect_refused(const std::string& command, const std::string& option, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
        const std::string message = refusal({command, option, value});
        EXPECT_THAT(message, HasSubstr(option)) << "accepted or not named: " << option << " '" << value << "'";
        EXPECT_THAT(message, HasSubstr("; ")) << "no remedy: " << message;
    }
}

void expect_accepted(const std::string& command, const std::string& option, const std::vector<std::string>& values) {
    for (const std::string& value : values) EXPECT_EQ(refusal({command, option, value}), "") << option << " " << value;
}

// No number for any option: not of a locale, not of C's strtod, not with anything after it.
const std::vector<std::string> kNoNumbers = {"",     " ",        "three", "3 ",     " 3",  "3x",      "3,",
                                             "0x10", "1e",       "--3",   "+3",     "nan", "-nan",    "inf",
                                             "-inf", "infinity", "1e999", "-1e999", "3;4", "\xc2\xb3"};

TEST(OptionsTest, CountsRefuseWhatIsNoWholeNumberInTheirRange) {
    for (const char* option : {"--epochs", "--batch-size", "--leaf-rows", "--ranks-per-trial"}) {
        expect_refused("train", option, kNoNumbers);
        expect_refused("train", option,
                       {"0", "-1", "-0", "1.0", "2.5", "1e3", "1000001", "4294967297", "18446744073709551616",
                        "99999999999999999999999999"});
        expect_accepted("train", option, {"1", "7", "1000000"});
    }
    expect_refused("train", "--patience", kNoNumbers);
    expect_refused("train", "--patience", {"-1", "1.5", "None", "4294967297"});
    expect_accepted("train", "--patience", {"none", "0", "1", "2"});
    expect_refused("train", "--seed", kNoNumbers);
    expect_refused("train", "--seed", {"-1", "1.5", "18446744073709551616"});
    expect_accepted("train", "--seed", {"0", "1", "18446744073709551615"});
}

TEST(Options, ArithmeticIsFp32ByKernelsOfOurOwnUnlessToldOtherwise) {
    using linalg::GemmConfiguration, linalg::Gemm, linalg::Precision;
    EXPECT_EQ(parse({"train"}).training.gemm_configuration, (GemmConfiguration{Precision::fp32, Gemm::own}));
    EXPECT_EQ(parse({"train", "--gemm=auto"}).training.gemm_configuration, GemmConfiguration());
    EXPECT_EQ(parse({"train", "--gemm=openblas"}).training.gemm_configuration,
              (GemmConfiguration{Precision::fp32, Gemm::openblas}));
    for (const char* wrong : {"--precision=fp16", "--precision=", "--gemm=onednn", "--gemm=own", "--gemm="}) {
        EXPECT_THROW(parse({"train", wrong}), Error) << wrong;
    }
    EXPECT_THROW(parse({"train", "--precision=bf16", "--gemm=openblas"}), Error);
    if (!system::has_feature("onednn")) {
        EXPECT_THROW(parse({"train", "--precision=bf16"}), Error);
        return;
    }
    EXPECT_EQ(parse({"train", "--precision=bf16"}).training.gemm_configuration,
              (GemmConfiguration{Precision::bf16, Gemm::own}));
}

TEST(Options, RulesSetTheEpsilonThatTheUserDoesNotGive) {
    const auto training = [](const std::vector<std::string>& options, const std::string& config = "") {
        std::vector<std::string> arguments = {"train"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        return parse(arguments, config).training;
    };
    EXPECT_EQ(training({}).rules, train::Rules::keras);
    EXPECT_EQ(training({}).optimizer.epsilon, 1e-7);
    EXPECT_EQ(training({"--rules", "keras-2017"}).rules, train::Rules::keras_2017);
    EXPECT_EQ(training({"--rules", "keras-2017"}).optimizer.epsilon, 1e-8);
    EXPECT_EQ(training({"--rules", "torch"}).rules, train::Rules::torch);
    EXPECT_EQ(training({"--rules", "torch"}).optimizer.epsilon, 1e-8);
    EXPECT_EQ(training({"--rules", "torch", "--epsilon", "0.5"}).optimizer.epsilon, 0.5);
    EXPECT_EQ(training({"--rules", "torch"}, "epsilon = 0.25\n").optimizer.epsilon, 0.25);
    EXPECT_EQ(training({}, "rules = torch\n").optimizer.epsilon, 1e-8);
    expect_refused("train", "--rules", {"", "Keras", "keras_2017", "pytorch", "torch "});
    const std::string config = config_of({"train", "--rules", "keras-2017"});
    EXPECT_THAT(config, HasSubstr("epsilon = 1e-08\nrules = keras-2017\n"));
}

TEST(Options, EachOptimizerHasOptionsOfItsOwn) {
    const auto optimizer = [](std::vector<std::string> options) {
        options.insert(options.begin(), {"train", "--optimizer"});
        return parse(options).training.optimizer;
    };
    EXPECT_EQ(optimizer({"rmsprop"}), optim::Settings());
    EXPECT_EQ(optimizer({"adam"}), (optim::Settings{.rule = optim::Rule::adam}));
    EXPECT_EQ(optimizer({"sgd"}), (optim::Settings{.learning_rate = 0.01, .rule = optim::Rule::sgd}));
    EXPECT_EQ(optimizer({"sgd", "--learning-rate", "0.5", "--momentum", "0.9"}),
              (optim::Settings{.learning_rate = 0.5, .rule = optim::Rule::sgd, .momentum = 0.9}));
    EXPECT_EQ(optimizer({"adam", "--beta-1", "0.5", "--beta-2", "0.75", "--epsilon", "0.25"}),
              (optim::Settings{.epsilon = 0.25, .rule = optim::Rule::adam, .beta_1 = 0.5, .beta_2 = 0.75}));
    expect_refused("train", "--optimizer", {"", "Adam", "momentum"});
    for (const std::vector<std::string>& others : {std::vector<std::string>{"rmsprop", "--beta-1", "0.9"},
                                                   {"adam", "--rho", "0.9"},
                                                   {"sgd", "--epsilon", "1"},
                                                   {"sgd", "--beta-2", "0.9"},
                                                   {"rmsprop", "--momentum", "0"}}) {
        EXPECT_THAT(refusal({"train", "--optimizer", others[0], others[1], others[2]}),
                    testing::AllOf(HasSubstr(others[1]), HasSubstr(others[0] + " has none")));
    }
    for (const char* option : {"--beta-1", "--beta-2"}) {
        EXPECT_THAT(refusal({"train", "--optimizer", "adam", option, "1"}), HasSubstr(option));
    }
    EXPECT_THAT(config_of({"train", "--optimizer", "adam", "--beta-1", "0.5"}),
                HasSubstr("optimizer = adam\nlearning-rate = 0.001\nbeta-1 = 0.5\nbeta-2 = 0.999\nepsilon = 1e-07\n"));
    EXPECT_THAT(config_of({"train"}), HasSubstr("\nlearning-rate = 0.001\nrho = 0.9\nepsilon = 1e-07\n"));
}

TEST(Options, ClassWeightsAreBalancedOrAList) {
    const auto weights = [](const std::string& text) {
        return parse({"train", "--class-weights", text}).training.class_weights;
    };
    EXPECT_FALSE(parse({"train"}).training.class_weights.balanced);
    EXPECT_TRUE(parse({"train"}).training.class_weights.given.empty());
    EXPECT_TRUE(weights("balanced").balanced);
    EXPECT_EQ(weights("1,0,2.5").given, (std::vector<double>{1, 0, 2.5}));
    expect_refused("train", "--class-weights", kNoNumbers);
    expect_refused("train", "--class-weights", {"Balanced", "balanced,1", "1,,2", "1,", "1,-1", "1;2", "0,0", "1e31"});
    EXPECT_THAT(config_of({"train"}), Not(HasSubstr("class-weights")));
    for (const char* text : {"balanced", "1,0,2.5"}) {
        EXPECT_THAT(config_of({"train", "--class-weights", text}),
                    HasSubstr(fmt::format("class-weights = {}\n", text)));
    }
}

TEST(OptionsTest, RealNumbersRefuseWhatIsNotFiniteOrNotInTheirRange) {
    for (const char* option :
         {"--learning-rate", "--rho", "--epsilon", "--input-dropout", "--validation-split", "--min-delta"}) {
        expect_refused("train", option, kNoNumbers);
        expect_refused("train", option, {"-1", "-0.001", "-1e-300", "1e31"});
    }
    for (const char* option : {"--rho", "--input-dropout"}) expect_refused("train", option, {"1", "1.5"});
    EXPECT_THAT(config_of({"train", "--input-dropout", "0.25"}), HasSubstr("\ninput-dropout = 0.25\n"));
    expect_refused("train", "--validation-split", {"1", "1.5"});
    expect_accepted("train", "--learning-rate", {"1e-3", "0.5", "1000000", ".5"});
}

TEST(OptionsTest, DropoutRefusesWhatIsNoListOfRatesBelowOne) {
    expect_refused("sweep", "--dropout", kNoNumbers);
    expect_refused("sweep", "--dropout",
                   {"-0.1",
                    "1",
                    "1.0",
                    "2",
                    "0.1,",
                    ",0.1",
                    "0.1,,0.2",
                    "0:0.8",
                    "0:0.8:0.1:0.1",
                    ":0.8:0.1",
                    "0:0.8:",
                    "0:0.8:0.3",
                    "0:0.5:0",
                    "0:0.5:-0.1",
                    "0.8:0:0.1",
                    "0:1:0.1",
                    "0.1,0.1",
                    "0.1,0.10",
                    "0:0.2:0.1,0.1",
                    "1e-1",
                    "0.1234567891",
                    "0:0.9:0.000000001",
                    "."});
    EXPECT_THAT(refusal({"train", "--dropout", "0.1,0.2"}), HasSubstr("--dropout"));
}

TEST(OptionsTest, DropoutRangesAreDecimal) {
    const std::vector<sweep::Setting> ten = parse({"sweep", "--dropout", "0:0.9:0.1"}).settings;
    ASSERT_EQ(ten.size(), 10u);
    EXPECT_EQ(ten[3].dropout.text(), "0.3");
    EXPECT_EQ(ten[3].dropout.value(), 0.3);
    EXPECT_EQ(ten[9].dropout.text(), "0.9");
}

TEST(OptionsTest, SeedsAreACountOrAList) {
    EXPECT_THAT(parse({"sweep", "--seeds", "3"}).seeds, ElementsAre(1, 2, 3));
    EXPECT_THAT(parse({"sweep", "--seeds", "3,7,0"}).seeds, ElementsAre(3, 7, 0));
    EXPECT_THAT(parse({"sweep", "--seed", "7"}).seeds, ElementsAre(7));
    EXPECT_THAT(parse({"sweep"}).seeds, ElementsAre(1));
    expect_refused("sweep", "--seeds", kNoNumbers);
    expect_refused("sweep", "--seeds", {"0", "-1", "1,1", "3,7,3", "1,", "2.5", "10001", "18446744073709551616"});
    EXPECT_THAT(refusal({"sweep", "--seed", "1", "--seeds", "2"}), HasSubstr("--seeds"));
}

TEST(OptionsTest, WidthsRefuseWhatIsNoListOfThem) {
    expect_refused("train", "--hidden", kNoNumbers);
    expect_refused("train", "--hidden", {"0", "8,0", "8,,8", ",8", "-8", "1000001", "8.5", "99999999999999999999"});
    EXPECT_THAT(parse({"train", "--hidden", "5,6,7"}).training.hidden, ElementsAre(5, 6, 7));
}

TEST(OptionsTest, SwitchesAreOnOrOff) {
    for (const char* option : {"--shuffle", "--restore-best-weights"}) {
        for (const char* value : {"=yes", "=ON", "=1", "=true"}) {
            EXPECT_THAT(refusal({"train", option + std::string(value)}), HasSubstr(option)) << value;
        }
    }
    EXPECT_TRUE(parse({"train", "--restore-best-weights"}).training.restore_best_weights);
    EXPECT_FALSE(parse({"train", "--shuffle=off"}).training.shuffle);
}

TEST(OptionsTest, TimesAreSecondsOrHoursMinutesSeconds) {
    EXPECT_EQ(parse({"sweep", "--time-limit", "90"}).time_limit, 90);
    EXPECT_EQ(parse({"sweep", "--time-limit", "0.5"}).time_limit, 0.5);
    EXPECT_EQ(parse({"sweep", "--time-limit", "1:02:03"}).time_limit, 3723);
    EXPECT_EQ(parse({"sweep"}).time_limit, std::numeric_limits<double>::infinity());
    expect_refused("sweep", "--time-limit", kNoNumbers);
    expect_refused("sweep", "--time-limit",
                   {"-1", "1:00", "1:60:00", "1:00:60", "1:0:00", "1:00:00:00", ":00:00", "1::00"});
    expect_refused("sweep", "--stall-timeout", {"0", "-1", "0.05", "nan", "none"});
}

TEST(OptionsTest, AFaultNamesActionRankTrialEpochAndStep) {
    const Options options =
        parse({"sweep", "--inject", "fail-write@3:p0.25-s7:2:20,delay@18446744073709551615,kill@1:p0.5-s1:growth"});
    ASSERT_EQ(options.injected_faults.size(), 3u);
    const sweep::InjectedFault& write = options.injected_faults[0];
    EXPECT_EQ(write.action, sweep::InjectedFault::Action::fail_write);
    EXPECT_EQ(write.rank, 3);
    EXPECT_EQ(write.trial, "p0.25-s7");
    EXPECT_EQ(write.epoch, 2u);
    EXPECT_EQ(write.step, 20u);
    EXPECT_FALSE(write.at_growth);
    EXPECT_EQ(options.injected_faults[1].action, sweep::InjectedFault::Action::delay);
    EXPECT_EQ(options.injected_faults[1].seed, 18446744073709551615u);
    const sweep::InjectedFault& kill = options.injected_faults[2];
    EXPECT_EQ(kill.action, sweep::InjectedFault::Action::kill_rank);
    EXPECT_EQ(kill.rank, 1);
    EXPECT_EQ(kill.trial, "p0.5-s1");
    EXPECT_TRUE(kill.at_growth);
    expect_refused(
        "sweep", "--inject",
        {"", "kill", "kill@1", "kill@1:p0-s1:0", "kill@1:p0-s1:0:x", "kill@x:p0-s1:0:1", "boom@1:p0-s1:0:1",
         "kill@1:p0-s1:0:1:2", "@1:p0-s1:0:1", "kill@1:p0-s1:-1:1", "kill@1:p0-s1:join", "kill@1:p0-s1:growth:1",
         "delay", "delay@", "delay@x", "delay@1:2", "delay@1,", "kill@1:p0-s1:growth,,"});
}

TEST(OptionsTest, ASweepIsElasticUnlessItIsToldNotToBe) {
    EXPECT_TRUE(parse({"sweep"}).plan.elastic);
    EXPECT_TRUE(parse({"sweep", "--elastic", "on"}).plan.elastic);
    EXPECT_FALSE(parse({"sweep", "--elastic", "off"}).plan.elastic);
    EXPECT_FALSE(parse({"sweep"}, "elastic = off\n").plan.elastic);
    EXPECT_FALSE(parse({"train"}).plan.elastic) << "there is one trial only";
    expect_refused("sweep", "--elastic", {"", "yes", "1"});
    EXPECT_THAT(refusal({"train", "--elastic", "on"}), HasSubstr("elastic"));
}

TEST(OptionsTest, TheMachineOfAPlan) {
    const Options options = parse({"plan", "--ranks", "64", "--nodes", "4", "--network", "20:100", "--seeds", "3"});
    EXPECT_EQ(options.machine.ranks, 64);
    EXPECT_EQ(options.machine.nodes, 4);
    EXPECT_EQ(options.machine.network, (sweep::Network{20e-6, 12.5e9}));
    EXPECT_EQ(options.settings.size(), 9u) << "as of a sweep";
    EXPECT_TRUE(options.plan.elastic);
    EXPECT_EQ(parse({"plan", "--ranks", "8"}).machine.nodes, 1);

    EXPECT_THAT(refusal({"plan"}), HasSubstr("--ranks"));
    expect_refused("plan", "--ranks", kNoNumbers);
    expect_refused("plan", "--ranks", {"0", "4097"});
    EXPECT_THAT(refusal({"plan", "--ranks", "4", "--nodes", "5"}), HasSubstr("--nodes"));
    EXPECT_THAT(refusal({"plan", "--ranks", "4", "--network", "1Gb"}), HasSubstr("--network"));
    EXPECT_THAT(refusal({"plan", "--ranks", "4", "--report", "off"}), HasSubstr("--report"));
    EXPECT_THAT(refusal({"sweep", "--ranks", "4"}), HasSubstr("--ranks"));
}

}  // namespace
}  // namespace dropsweep::cli
