// Draws the synthetic digits: stroke models, random poses, and a renderer.
#include "dropsweep/data/synthetic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <locale>
#include <span>
#include <sstream>
#include <vector>

#include "dropsweep/linalg/philox.hpp"

// Only + - * / and sqrt are used on floating-point numbers, each exactly rounded: as long as the compiler does not
// contract them to fused multiply-adds, the images have the same bytes on every machine with IEEE 754 arithmetic.

namespace dropsweep::data {
namespace {

using linalg::PhiloxSequence;

constexpr std::size_t kSide = 28;
constexpr float kCentre = 14.0f;
constexpr std::uint32_t kDigits = 10;

struct Point {
    float x = 0;
    float y = 0;

    friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
    friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
    friend Point operator*(float s, Point a) { return {s * a.x, s * a.y}; }
};

// ---- Stroke models -------------------------------------------------------------------------------------------------

/// How a stroke passes a control point: begins there, as a smooth curve, or with a corner.
enum class Pen : std::uint8_t { down, curve, corner };

struct ControlPoint {
    Pen pen;
    Point at;
    float pressure = 1.0f;  ///< scales the pen radius
};

using Glyph = std::vector<ControlPoint>;

/// Reads "d50,2 20,10 c5,97 ...": points in hundredths of the digit's height, x to the right, y down; d: pen put down,
/// c: corner, otherwise a curve. With the classic locale, as in others a comma may be part of a number.
Glyph path(const char* text) {
    Glyph glyph;
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    for (char first = 0; in >> first;) {
        const Pen pen = first == 'd' ? Pen::down : first == 'c' ? Pen::corner : Pen::curve;
        if (pen == Pen::curve) in.unget();
        Point at;
        char comma = 0;
        in >> at.x >> comma >> at.y;
        glyph.push_back({pen, 0.01f * at});
    }
    return glyph;
}

/// The ways of writing each digit.
const std::array<std::vector<Glyph>, kDigits>& glyphs() {
    static const std::array<std::vector<Glyph>, kDigits> all = {{
        {path("d50,2 20,10 3,46 12,83 40,98 70,84 80,48 68,14 42,4"),                // round
         path("d52,10 34,2 16,30 12,72 28,98 48,80 58,42 50,10 30,6")},              // slim, begun at the right
        {path("d30,0 30,33 30,66 30,100"),                                           // bare, wavering
         path("d30,0 30,50 30,100"),                                                 // bare
         path("d19,19 c34,2 34,50 34,100"),                                          // with a flag
         path("d15,21 c36,2 36,50 36,97 d8,98 64,97")},                              // with flag and foot
        {path("d8,22 24,5 48,2 66,20 58,46 34,74 c5,97 40,95 76,96"),                // angular
         path("d10,20 34,2 62,14 58,48 32,84 10,96 4,82 22,76 46,90 82,92"),         // with a loop at the foot
         path("d4,16 32,1 54,18 44,56 c10,94 36,86 72,98")},                         // swan neck
        {path("d8,12 34,1 60,18 48,40 c26,47 58,54 68,76 42,98 4,88"),               // round with a pointed waist
         path("d8,4 c62,3 c30,42 62,54 66,80 38,99 4,90"),                           // flat top
         path("d6,16 36,1 58,18 40,42 26,50 38,47 64,62 58,90 30,100 4,86")},        // looped waist
        {path("d14,4 9,32 c7,57 40,55 78,51 d60,6 57,52 54,100"),                    // open
         path("d56,0 30,32 c4,64 42,63 82,62 d56,0 56,50 56,100"),                   // closed
         path("d10,4 6,34 20,52 46,46 c64,12 62,50 58,100")},                        // rounded, in one stroke
        {path("d68,3 c20,5 c15,44 42,37 68,58 60,87 32,99 4,88"),                    // in one stroke
         path("d20,6 c14,46 44,42 62,66 46,94 4,96 d20,6 48,4 80,1"),                // bar written last
         path("d74,2 42,4 22,22 34,44 58,62 52,90 24,99 2,86")},                     // flowing, like an S
        {path("d58,2 28,22 8,58 14,88 38,99 62,84 60,60 38,54 12,72"),               // curved back
         path("d40,0 18,38 8,76 22,98 48,92 54,70 36,62 12,80")},                    // straight back, small bowl
        {path("d4,6 36,5 c72,4 50,46 34,100"),                                       // plain
         path("d4,5 38,5 c74,3 48,48 34,100 d24,52 70,48"),                          // with a bar
         path("d4,24 c8,5 40,7 c70,4 56,40 48,100")},                                // with a serif
        {path("d62,12 38,1 12,17 28,42 58,64 60,88 34,99 10,84 24,60 50,40 62,14"),  // begun at the top right
         path("d36,46 14,26 34,1 58,22 36,46 10,74 34,99 62,76 38,46"),              // begun in the middle
         path("d66,10 38,2 16,18 34,42 52,66 40,96 16,90 26,62 70,12"),              // an S closed by a straight line
         path("d40,50 10,30 24,3 56,8 54,38 28,66 28,97 48,94 46,66 30,46")},        // top-heavy
        {path("d62,14 38,2 10,18 14,44 40,48 c64,10 62,54 58,100"),                  // straight tail
         path("d60,14 36,2 10,22 20,46 46,42 c62,10 64,56 48,92 12,96"),             // curved tail
         path("d54,30 28,46 12,26 34,2 58,20 48,60 30,100")},                        // tail drawn from the bowl
    }};
    return all;
}

// ---- Random pose ---------------------------------------------------------------------------------------------------

/// Close to normal with mean 0 and variance 1, within 3.5: the sum of the four bytes of a random word. One byte has
/// mean 127.5 and variance (256^2 - 1) / 12, so the sum has mean 510 and standard deviation 147.8.
float normal(PhiloxSequence& random) {
    const std::uint32_t word = random.next();
    const std::uint32_t sum = (word & 255) + ((word >> 8) & 255) + ((word >> 16) & 255) + (word >> 24);
    return (static_cast<float>(sum) - 510.0f) / 147.8f;
}

Point normal_point(PhiloxSequence& random) {
    const float x = normal(random);
    return {x, normal(random)};
}

/// A smooth random displacement of the unit square: a bicubic Bezier patch, one random vector per node of a
/// 4 x 4 grid, weighted with Bernstein polynomials in x and in y.
class ElasticField {
  public:
    ElasticField(PhiloxSequence& random, float strength) {
        for (Point& node : nodes_) node = strength * normal_point(random);
    }

    Point operator()(Point p) const {
        const auto across = bernstein(p.x);
        const auto downward = bernstein(p.y);
        Point moved = p;
        for (std::size_t row = 0; row < 4; ++row) {
            for (std::size_t column = 0; column < 4; ++column)
                moved = moved + (downward[row] * across[column]) * nodes_[4 * row + column];
        }
        return moved;
    }

  private:
    static std::array<float, 4> bernstein(float t) {
        const float s = 1.0f - t;
        return {s * s * s, 3.0f * s * s * t, 3.0f * s * t * t, t * t * t};
    }

    std::array<Point, 16> nodes_;
};

/// How one image is written. The spreads are calibrated so that the images have the mean, the stroke width and the
/// share of grey of MNIST, and a 784-512-512-10 perceptron misclassifies about as many of them: 2 %.
struct Hand {
    float jitter;      ///< standard deviation of a control point, digit heights
    float warp;        ///< standard deviation of a node of the elastic field, digit heights
    float width;       ///< horizontal stretch
    float slant;       ///< horizontal shear per unit of height
    float half_turn;   ///< tangent of half the rotation angle
    float pen_radius;  ///< pixels
    float edge;        ///< width of the blurred edge of a stroke, pixels
    float ink;         ///< brightness of a fully covered pixel; what exceeds 255 is cut off
    float box;         ///< longer side of the box the digit is fitted into, pixels
    Point shift;       ///< of the centre of mass from the centre of the image, pixels

    /// Most hands are neat, few are careless: the cube of a uniform number is mostly small.
    explicit Hand(PhiloxSequence& random) {
        const float u = random.uniform();
        const float carelessness = 0.6f + 1.2f * u * u * u;
        jitter = 0.026f * carelessness;
        warp = 0.12f * carelessness;
        width = 1.0f + 0.18f * normal(random);
        slant = 0.18f + 0.24f * normal(random);
        half_turn = 0.06f * normal(random);
        pen_radius = 1.25f + 0.33f * std::max(normal(random), -1.7f);
        edge = 1.0f + 0.5f * random.uniform();
        ink = 250.0f + 60.0f * random.uniform();
        box = 20.0f - random.uniform();
        shift = 0.5f * normal_point(random);
    }

    /// Stretch, slant and rotate; with t = tan(angle / 2), cos = (1 - t^2) / (1 + t^2) and sin = 2t / (1 + t^2).
    Point pose(Point p) const {
        const float x = width * p.x + slant * (0.5f - p.y);
        const float scale = 1.0f / (1.0f + half_turn * half_turn);
        const float cosine = (1.0f - half_turn * half_turn) * scale;
        const float sine = 2.0f * half_turn * scale;
        return {cosine * x - sine * p.y, sine * x + cosine * p.y};
    }
};

// ---- From control points to segments -------------------------------------------------------------------------------

struct Segment {
    Point from;
    Point to;
    float pressure;
};

/// The pen's path through the points: cubic Hermite spans (Catmull-Rom tangents, one-sided at corners and ends), each
/// cut into kPieces segments.
std::vector<Segment> trace(std::span<const ControlPoint> points) {
    constexpr int kPieces = 5;
    const auto smooth = [&](std::size_t i) {
        return i + 1 < points.size() && points[i].pen == Pen::curve && points[i + 1].pen != Pen::down;
    };
    std::vector<Segment> segments;
    segments.reserve(kPieces * points.size());
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (points[i].pen == Pen::down) continue;
        const Point a = points[i - 1].at;
        const Point b = points[i].at;
        const Point leave = smooth(i - 1) ? 0.5f * (b - points[i - 2].at) : b - a;
        const Point arrive = smooth(i) ? 0.5f * (points[i + 1].at - a) : b - a;
        Point last = a;
        for (int piece = 1; piece <= kPieces; ++piece) {
            const float t = static_cast<float>(piece) / kPieces;
            const float s = 1.0f - t;
            const Point next = (s * s * (1.0f + 2.0f * t)) * a + (s * s * t) * leave + (t * t * (1.0f + 2.0f * s)) * b -
                               (t * t * s) * arrive;
            segments.push_back({last, next, s * points[i - 1].pressure + t * points[i].pressure});
            last = next;
        }
    }
    return segments;
}

/// As in MNIST: scales to a box of hand.box pixels, pen included, and moves the centre of mass to the middle.
void fit(std::span<Segment> segments, const Hand& hand) {
    Point low = segments[0].from;
    Point high = low;
    Point moment;
    float total = 0.0f;
    for (const auto& [from, to, pressure] : segments) {
        low = {std::min({low.x, from.x, to.x}), std::min({low.y, from.y, to.y})};
        high = {std::max({high.x, from.x, to.x}), std::max({high.y, from.y, to.y})};
        const Point along = to - from;
        const float length = std::sqrt(along.x * along.x + along.y * along.y);
        moment = moment + (0.5f * length) * (from + to);
        total += length;
    }
    const float scale = (hand.box - 2.0f * hand.pen_radius) / std::max(high.x - low.x, high.y - low.y);
    const Point offset = Point{kCentre, kCentre} + hand.shift - (scale / total) * moment;
    for (auto& [from, to, pressure] : segments) {
        from = scale * from + offset;
        to = scale * to + offset;
    }
}

// ---- Renderer ------------------------------------------------------------------------------------------------------

/// How much of each pixel is inked, 0 to 1. A stroke's coverage is 1/2 at its radius, and linear over the edge's width.
class Canvas {
  public:
    Canvas(float pen_radius, float edge) : pen_radius_(pen_radius), edge_(edge) {}

    /// Where segments overlap the fuller coverage counts, so that the joints within a stroke do not show.
    void add(const Segment& segment) {
        const float reach = pen_radius_ * segment.pressure + 0.5f * edge_;
        const auto [left, right] = pixels_within(reach, segment.from.x, segment.to.x);
        const auto [top, bottom] = pixels_within(reach, segment.from.y, segment.to.y);
        const Point along = segment.to - segment.from;
        const float inverse = 1.0f / std::max(along.x * along.x + along.y * along.y, 1e-12f);
        for (std::size_t row = top; row < bottom; ++row) {
            const float y = static_cast<float>(row) + 0.5f - segment.from.y;
            for (std::size_t column = left; column < right; ++column) {
                const float x = static_cast<float>(column) + 0.5f - segment.from.x;
                const float t = std::clamp((x * along.x + y * along.y) * inverse, 0.0f, 1.0f);
                const float dx = x - t * along.x;
                const float dy = y - t * along.y;
                const float distance = std::sqrt(dx * dx + dy * dy);
                float& covered = coverage_[row * kSide + column];
                covered = std::max(covered, std::min((reach - distance) / edge_, 1.0f));
            }
        }
    }

    std::span<const float> coverage() const { return coverage_; }

  private:
    /// First and one past the last pixel whose centre may lie within reach of the interval between a and b.
    static std::array<std::size_t, 2> pixels_within(float reach, float a, float b) {
        constexpr auto kEnd = static_cast<float>(kSide);
        const float low = std::clamp(std::min(a, b) - reach, 0.0f, kEnd);
        const float high = std::clamp(std::max(a, b) + reach + 1.0f, 0.0f, kEnd);
        return {static_cast<std::size_t>(low), static_cast<std::size_t>(high)};
    }

    float pen_radius_;
    float edge_;
    std::array<float, kSide * kSide> coverage_{};
};

/// Brightness = coverage * ink * a random grain for each covered pixel.
void render(std::span<const Segment> segments, const Hand& hand, PhiloxSequence& random,
            std::span<std::uint8_t> pixels) {
    Canvas canvas(hand.pen_radius, hand.edge);
    for (const Segment& segment : segments) canvas.add(segment);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const float covered = canvas.coverage()[i];
        if (covered == 0.0f) continue;
        const float grain = 1.0f + 0.1f * normal(random);
        pixels[i] = static_cast<std::uint8_t>(std::clamp(covered * hand.ink * grain, 0.0f, 255.0f));
    }
}

void draw(std::uint32_t digit, PhiloxSequence& random, std::span<std::uint8_t> pixels) {
    const std::vector<Glyph>& variants = glyphs()[digit];
    Glyph glyph = variants[random.below(static_cast<std::uint32_t>(variants.size()))];
    const Hand hand(random);
    for (ControlPoint& point : glyph) {
        point.at = point.at + hand.jitter * normal_point(random);
        point.pressure = 1.0f + 0.12f * normal(random);
    }

    std::vector<Segment> segments = trace(glyph);
    const ElasticField warp(random, hand.warp);
    for (auto& [from, to, pressure] : segments) {
        from = hand.pose(warp(from));
        to = hand.pose(warp(to));
    }
    fit(segments, hand);
    render(segments, hand, random, pixels);
}

LabelledSamples images_from(std::uint64_t seed, std::size_t first, std::size_t count) {
    LabelledSamples images{count, kSide, kSide, std::vector<std::uint8_t>(count * kSide * kSide),
                           std::vector<std::uint8_t>(count)};
    const linalg::StreamKey key{seed, linalg::Purpose::synthetic_digits};
    for (std::size_t i = 0; i < count; ++i) {
        PhiloxSequence random(key, static_cast<std::uint32_t>(first + i));
        const std::uint32_t digit = random.below(kDigits);
        images.labels[i] = static_cast<std::uint8_t>(digit);
        draw(digit, random, std::span(images.pixels).subspan(i * images.features(), images.features()));
    }
    return images;
}

}  // namespace

Dataset synthetic_digits(std::uint64_t seed, std::size_t train_count, std::size_t test_count) {
    return {images_from(seed, 0, train_count), images_from(seed, train_count, test_count)};
}

}  // namespace dropsweep::data
