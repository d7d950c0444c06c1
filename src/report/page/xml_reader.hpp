#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace dropsweep::report {

struct XmlAttribute {
    std::string_view name;
    std::string_view value;  ///< as written, entities and all
};

/// A piece of an XML text.
struct XmlPiece {
    enum class Kind { start, end, text };
    Kind kind = Kind::text;
    std::string_view text;                 ///< of a text as written, entities and all
    std::string_view name;                 ///< of the element
    std::vector<XmlAttribute> attributes;  ///< of a start

    std::string_view value(std::string_view attribute) const;  ///< empty without such an attribute
};

/// The elements and texts of an XML document, in order; every start has its end, so <a/> is two pieces. Comments,
/// declarations and processing instructions are left out, and so are CDATA sections, which gnuplot uses for scripts.
/// @return  views into `xml`; none when it is not well-formed
std::optional<std::vector<XmlPiece>> read_xml(std::string_view xml);

}  // namespace dropsweep::report
