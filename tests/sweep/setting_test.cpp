// Settings: their names, their order, and values that depend on their choices.
#include "dropsweep/sweep/setting.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/sweep/trial.hpp"

namespace dropsweep::sweep {
namespace {

Setting setting_of(const std::string& dropout, const Choices& choices) {
    return {DropoutSetting::parse(dropout), choices};
}

TEST(Setting, IsNamedByAllItsValues) {
    EXPECT_EQ(setting_of("0.3", {}).name(), "p0.3");
    EXPECT_EQ(setting_of("0.3", {{"learning-rate", "0.001"}}).name(), "p0.3-lr0.001");
    EXPECT_EQ(setting_of("0.2/0.5", {{"hidden", "512,256"}, {"optimizer", "sgd"}, {"momentum", "0.9"}}).name(),
              "p0.2-0.5-h512-256-sgd-m0.9");
    EXPECT_EQ(setting_of("0", {{"optimizer", "adam"}, {"momentum", ""}}).name(), "p0-adam") << "adam has no momentum";
    EXPECT_EQ((Trial{setting_of("0.3", {{"learning-rate", "0.001"}}), 7}.id()), "p0.3-lr0.001-s7");
}

TEST(Setting, PrefixesTellTheOptionsApart) {
    std::multiset<std::string> prefixes;
    for (const Axis& axis : kAxes) prefixes.insert(axis.prefix);
    for (const std::string& prefix : prefixes) {
        // The values of those without one are words of their own.
        EXPECT_EQ(prefixes.count(prefix), prefix.empty() ? 2U : 1U) << prefix;
        EXPECT_FALSE(!prefix.empty() && std::isdigit(prefix.back())) << prefix;
    }
}

TEST(Setting, IsOrderedByDropoutThenByNumbers) {
    const auto with = [](const char* dropout, const char* option, const char* value) {
        return setting_of(dropout, {{option, value}});
    };
    EXPECT_LT(with("0.2", "batch-size", "128"), with("0.3", "batch-size", "64"));
    EXPECT_LT(with("0.2", "batch-size", "64"), with("0.2", "batch-size", "128"));
    EXPECT_LT(with("0", "learning-rate", "1e-05"), with("0", "learning-rate", "0.001"));
    EXPECT_LT(with("0", "hidden", "512,512"), with("0", "hidden", "1024"));
    EXPECT_LT(with("0", "optimizer", "adam"), with("0", "optimizer", "rmsprop"));
    EXPECT_LT(with("0", "momentum", ""), with("0", "momentum", "0"));
    EXPECT_LT(with("0", "patience", "10"), with("0", "patience", "none"));
}

TEST(Setting, TellsAValueByTheNameOfItsOption) {
    const Setting setting = setting_of("0.3", {{"batch-size", "64"}});
    EXPECT_EQ(setting.value_of("dropout"), "0.3");
    EXPECT_EQ(setting.value_of("batch-size"), "64");
    EXPECT_EQ(setting.value_of("epochs"), "");
}

TEST(ByChoices, HasAValueForAllOrForEachOfTheChoices) {
    const ByChoices<int> all = 5;
    EXPECT_EQ(all.of(setting_of("0.3", {{"batch-size", "64"}})), 5);
    ByChoices<int> each;
    each.emplace({{"batch-size", "64"}}, 1);
    each.emplace({{"batch-size", "128"}}, 2);
    EXPECT_EQ(each.of(setting_of("0.3", {{"batch-size", "128"}})), 2);
    EXPECT_EQ(each.of(setting_of("0.8", {{"batch-size", "64"}})), 1);
    EXPECT_THROW(each.of(setting_of("0", {{"batch-size", "32"}})), std::out_of_range);
}

}  // namespace
}  // namespace dropsweep::sweep
