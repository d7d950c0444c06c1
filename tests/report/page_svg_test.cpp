#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/report/palette.hpp"

#include "svg_inline.hpp"

namespace dropsweep::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string svg(const std::string& content) {
    return "<?xml version=\"1.0\" encoding=\"utf-8\"  standalone=\"no\"?>\n<!-- by gnuplot > -->\n<svg \n "
           "width=\"640\" "
           "height=\"400\"\n viewBox=\"0 0 640 400\"\n xmlns=\"http://www.w3.org/2000/svg\"\n "
           "xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n>\n<title>Gnuplot</title>\n<desc>Produced by it</desc>\n" +
           content + "</svg>\n\n";
}

/// What becomes of the content.
std::string inlined(const std::string& content) {
    const std::string html = inline_svg(svg(content), "loss", "label");
    const std::size_t start = html.find('>') + 1;
    return html.substr(start, html.rfind("</svg>") - start);
}

TEST(InlineSvg, TheRootHasTheViewBoxAndALabelInsteadOfASize) {
    EXPECT_EQ(inline_svg(svg(""), "loss", "a \"b\" <c>"),
              "<svg class=\"plot\" role=\"img\" tabindex=\"0\" aria-label=\"a &quot;b&quot; &lt;c&gt;\" "
              "viewBox=\"0 0 640 400\"></svg>");
}

TEST(InlineSvg, IdsAndReferencesCarryTheName) {
    EXPECT_EQ(inlined("<circle id='gpPt5' r='1'/>\n<use xlink:href='#gpPt5' id='gpPt6'/>"
                      "<g clip-path=\"url(#clip)\"/><rect fill=\"url(#gpPat1)\"/>"),
              "<circle id=\"loss-gpPt5\" r=\"1\"></circle><use href=\"#loss-gpPt5\" id=\"loss-gpPt6\"></use>"
              "<g clip-path=\"url(#loss-clip)\"></g><rect fill=\"url(#loss-gpPat1)\"></rect>");
}

TEST(InlineSvg, OnlyDataPointsKeepTheirTitles) {
    EXPECT_EQ(inlined("<g id=\"gnuplot_plot_1\" ><title>gnuplot_plot_1</title>"
                      "<g class=\"value\"><title>p = 0\nepoch 1 &lt;</title><use/></g></g>"),
              "<g id=\"loss-gnuplot_plot_1\"><g class=\"value\"><title>p = 0\nepoch 1 &lt;</title><use></use></g></g>");
}

TEST(InlineSvg, TextsStayAsTheyAre) {
    EXPECT_EQ(inlined("<g>\n\t<text><tspan> 0.8 &amp; x</tspan></text>\n</g>\n"),
              "<g><text><tspan> 0.8 &amp; x</tspan></text></g>");
    EXPECT_EQ(inlined("<text>\xff</text>"), "<text>\ufffd</text>");
    EXPECT_EQ(inlined("<text font-family='a \"b\"'/>"), "<text font-family=\"a &quot;b&quot;\"></text>");
}

TEST(InlineSvg, NothingThatRunsOrLoads) {
    EXPECT_EQ(
        inlined("<script type=\"text/javascript\"><![CDATA[ if (a<b) alert(1) ]]></script>"
                "<style>@import 'x'</style><a href='http://x/'><text>inside</text></a>"
                "<foreignObject><text>inside</text></foreignObject><image xlink:href='http://x/y.png' x='1'/>"
                "<use href='other.svg#a'/><rect onclick=\"alert(1)\" style='fill:url(x)' fill='url(http://x/)'/>"),
        "<image x=\"1\"></image><use></use><rect></rect>");
    EXPECT_EQ(inlined("<rect ONCLICK='alert(1)' onClick='alert(1)' STYLE='fill:red' xmlns:on='x' tabindex='0' x='1'/>"),
              "<rect x=\"1\"></rect>");
    EXPECT_EQ(inlined("<rect fill='url(#a) url(http://x/)' stroke='URL(http://x/)' filter='url(\"http://x/\")' "
                      "mask='&#117;rl(http://x/)' clip-path='\\75rl(http://x/)'/>"),
              "<rect></rect>");
    EXPECT_EQ(inlined("<rect fill='url(#a) url(#b)'/>"), "<rect fill=\"url(#loss-a) url(#loss-b)\"></rect>");
    EXPECT_EQ(inlined("<image xlink:href='data:image/png;base64,AA=='/>"),
              "<image href=\"data:image/png;base64,AA==\"></image>");
}

TEST(InlineSvg, WhatIsNotWholeIsRefused) {
    const std::string whole = svg("<g><text>x</text></g>");
    for (std::size_t length = 0; length < whole.size() - 2; ++length) {
        if (whole.substr(0, length).ends_with("</svg>")) continue;
        try {
            inline_svg(std::string_view(whole).substr(0, length), "loss", "");
            ADD_FAILURE() << "accepted: " << whole.substr(0, length);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::bad_data);
            EXPECT_THAT(error.what(), HasSubstr("loss.svg"));
        }
    }
    for (const char* text : {"<html></html>", "<svg></g></svg>", "<svg a></svg>", "<svg a=b></svg>", "<svg =\"b\"/>"}) {
        EXPECT_THROW(inline_svg(text, "loss", ""), Error) << text;
    }
}

TEST(ThemedColor, EverySpellingOfAPaletteColorBecomesItsVariable) {
    std::size_t index = 0;
    for (const Color& color : palette()) {
        const std::string hex = color.light;
        const auto part = [&](std::size_t at) { return std::stoi(hex.substr(at, 2), nullptr, 16); };
        const std::string variable = fmt::format("var(--c{})", index);
        EXPECT_EQ(themed_color(hex), variable);
        EXPECT_EQ(themed_color(fmt::format("rgb({:3}, {:3}, {:3})", part(1), part(3), part(5))), variable);
        EXPECT_THAT(palette_declarations(false), HasSubstr(fmt::format("--c{}:{};", index, color.light)));
        EXPECT_THAT(palette_declarations(true), HasSubstr(fmt::format("--c{}:{};", index, color.dark)));
        ++index;
    }
    EXPECT_GT(index, 0U);
    EXPECT_EQ(themed_color("white"), themed_color("#FFFFFF"));
    EXPECT_EQ(themed_color("black"), "var(--ink)");
}

TEST(ThemedColor, OthersStay) {
    for (const char* color :
         {"none", "currentColor", "#123456", "lightgrey", "rgb(1,2)", "rgb(1,2,300)", "rgb(a,b,c)"}) {
        EXPECT_EQ(themed_color(color), color);
    }
    EXPECT_THAT(inlined("<path stroke='black' fill='#123456'/>"), HasSubstr("stroke=\"var(--ink)\" fill=\"#123456\""));
    EXPECT_THAT(inlined("<path d='black'/>"), Not(HasSubstr("var")));
}

}  // namespace
}  // namespace dropsweep::report
