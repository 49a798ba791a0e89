// Block types against the floats and bytes that the reference wrote, and half/brain rounding over every bit pattern.
#include "base/json.h"
#include "model/float_bits.h"
#include "model/safetensors.h"
#include "support/golden.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace fettle;
using namespace fettle::model;

namespace {

DataType typeNamed(const std::string& name) {
    for (int i = 1; i <= static_cast<int>(DataType::Q1_0); ++i) {
        if (name == typeTraits(static_cast<DataType>(i)).name) {
            return static_cast<DataType>(i);
        }
    }
    return DataType::None;
}

std::vector<float> floats(const TensorInfo& info) {
    std::vector<float> out(static_cast<std::size_t>(info.valueCount()));
    std::memcpy(out.data(), info.bytes.data(), info.bytes.size());
    return out;
}

/// Equal, or within one unit in the last place of the larger term: values of a block differ only where a multiply-add
/// was fused.
bool close(float got, float expected, float largestTerm) {
    if (std::memcmp(&got, &expected, sizeof got) == 0 || got == expected || (std::isnan(got) && std::isnan(expected))) {
        return true;
    }
    const float reach = std::max(std::fabs(expected), largestTerm);
    return std::fabs(got - expected) <= std::nextafter(reach, std::numeric_limits<float>::infinity()) - reach;
}

} // namespace

class TestModelBlocks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decodesEveryType() {
        const std::string folder = goldenRoot() + "/models/ggml/";
        auto index = readJsonFile(folder + "index.json");
        QVERIFY2(index.ok(), index.ok() ? "" : index.error().text().c_str());
        int types = 0;
        std::int64_t values = 0;
        std::int64_t inexact = 0;
        for (const auto& [name, entry] : index.value()["types"].items()) {
            const DataType type = typeNamed(name);
            QVERIFY2(type != DataType::None, name.c_str());
            QCOMPARE(static_cast<std::int64_t>(typeTraits(type).blockValues),
                     entry["block_floats"].get<std::int64_t>());
            QCOMPARE(static_cast<std::int64_t>(typeTraits(type).blockBytes), entry["block_bytes"].get<std::int64_t>());
            auto file = openSafetensors(folder + name + ".safetensors");
            QVERIFY2(file.ok(), file.ok() ? "" : file.error().text().c_str());
            const TensorInfo* bytes = file.value()->find("bytes");
            const TensorInfo* expected = file.value()->find("floats");
            QVERIFY2(bytes != nullptr && expected != nullptr, name.c_str());
            compare(name, type, bytes->bytes, floats(*expected), values, inexact);
            if (const TensorInfo* source = file.value()->find("quantize.floats")) {
                const TensorInfo* quantised = file.value()->find("quantize.bytes");
                const TensorInfo* back = file.value()->find("quantize.back");
                QVERIFY2(quantised != nullptr && back != nullptr, name.c_str());
                compare(name, type, quantised->bytes, floats(*back), values, inexact);
                compareBytes(name, type, floats(*source), quantised->bytes);
            }
            ++types;
        }
        qInfo("%d block types, %lld values, %lld of them off by one unit of a fused multiply-add", types,
              static_cast<long long>(values), static_cast<long long>(inexact));
        QVERIFY(types >= 24);
    }

    void encodesWhatItPromises() {
        for (const DataType type : {DataType::Q4_0, DataType::Q4_1, DataType::Q5_0, DataType::Q5_1, DataType::Q8_0}) {
            // All zero, and values that are no numbers: nothing undefined may happen.
            std::vector<float> values(64, 0.0F);
            values[40] = std::numeric_limits<float>::quiet_NaN();
            values[41] = std::numeric_limits<float>::infinity();
            std::vector<std::byte> out(2 * typeTraits(type).blockBytes);
            QVERIFY(encodeFromFloat(type, values, out).ok());
            std::vector<float> back(64, 1.0F);
            QVERIFY(decodeToFloat(type, out, back).ok());
            for (std::size_t i = 0; i < 32; ++i) {
                QCOMPARE(back[i], 0.0F);
            }
            QVERIFY(!encodeFromFloat(type, std::span<const float>(values).first(33), out).ok());
            QVERIFY(!decodeToFloat(type, std::span<const std::byte>(out).first(out.size() - 1), back).ok());
        }
        std::vector<float> values(256, 1.0F);
        std::vector<std::byte> out(144);
        const auto refused = encodeFromFloat(DataType::Q4_K, values, out);
        QVERIFY(!refused.ok() && refused.error().code == ErrorCode::Unsupported);
        std::vector<std::byte> q1(18);
        const auto unread = decodeToFloat(DataType::Q1_0, q1, std::span<float>(values).first(128));
        QVERIFY(!unread.ok() && unread.error().code == ErrorCode::Unsupported &&
                unread.error().message.find("Q1_0") != std::string::npos);
    }

    void halves() {
        for (std::uint32_t bits = 0; bits < 65536; ++bits) {
            const auto half = static_cast<std::uint16_t>(bits);
            const float value = halfToFloat(half);
            const std::uint32_t exponent = (bits >> 10U) & 31U;
            const double magnitude = exponent == 0
                                         ? std::ldexp(bits & 1023U, -24)
                                         : std::ldexp((bits & 1023U) | 1024U, static_cast<int>(exponent) - 25);
            const double expected = (bits & 0x8000U) != 0 ? -magnitude : magnitude;
            if (exponent < 31) {
                QCOMPARE(static_cast<double>(value), expected);
                QCOMPARE(floatToHalf(value), half);
                // Everything between two halves goes to the nearer one, the middle to the even one.
                if (exponent < 30 && (bits & 0x8000U) == 0) {
                    const float next = halfToFloat(static_cast<std::uint16_t>(bits + 1));
                    const float middle = value + (next - value) / 2;
                    const auto even = static_cast<std::uint16_t>((bits & 1U) == 0 ? bits : bits + 1);
                    QCOMPARE(floatToHalf(middle), even);
                    QCOMPARE(floatToHalf(std::nextafter(middle, 0.0F)), half);
                    QCOMPARE(floatToHalf(std::nextafter(middle, 1e9F)), static_cast<std::uint16_t>(bits + 1));
                }
            } else if ((bits & 1023U) == 0) {
                QVERIFY(std::isinf(value) && std::signbit(value) == ((bits & 0x8000U) != 0));
                QCOMPARE(floatToHalf(value), half);
            } else {
                QVERIFY(std::isnan(value) && std::isnan(halfToFloat(floatToHalf(value))));
            }
            const float wide = bf16ToFloat(half);
            if (!std::isnan(wide)) {
                QCOMPARE(floatToBf16(wide), half);
            } else {
                QVERIFY(std::isnan(bf16ToFloat(floatToBf16(wide))));
            }
        }
        QCOMPARE(floatToHalf(65519.0F), std::uint16_t{0x7BFF});
        QCOMPARE(floatToHalf(65520.0F), std::uint16_t{0x7C00});
        QCOMPARE(floatToBf16(1.00390625F), std::uint16_t{0x3F80}); // half way: even
        QCOMPARE(floatToBf16(1.01171875F), std::uint16_t{0x3F82});
        QCOMPARE(floatToBf16(3.4e38F), std::uint16_t{0x7F80}); // rounds up into infinity
    }

    void numbers() {
        const std::vector<std::int64_t> whole = {-5, 0, 1'000'000};
        std::vector<float> out(3);
        QVERIFY(decodeToFloat(DataType::I64, std::as_bytes(std::span(whole)), out).ok());
        QCOMPARE(out[0], -5.0F);
        QCOMPARE(out[2], 1e6F);
        const std::vector<double> real = {0.1, -2.5};
        QVERIFY(decodeToFloat(DataType::F64, std::as_bytes(std::span(real)), std::span(out).first(2)).ok());
        QCOMPARE(out[0], 0.1F);
        const std::vector<std::uint8_t> small = {0x38, 0xC0, 0x01, 0x7E}; // E4M3: 1, -2, 2^-9, 448
        std::vector<float> eight(4);
        QVERIFY(decodeToFloat(DataType::F8E4M3, std::as_bytes(std::span(small)), eight).ok());
        QCOMPARE(eight, (std::vector<float>{1.0F, -2.0F, 0x1p-9F, 448.0F}));
        QVERIFY(decodeToFloat(DataType::F8E5M2, std::as_bytes(std::span(small)), eight).ok());
        QCOMPARE(eight[0], 0.5F);
        QCOMPARE(eight[1], -2.0F);
    }

private:
    void compare(const std::string& name, DataType type, std::span<const std::byte> bytes,
                 const std::vector<float>& expected, std::int64_t& values, std::int64_t& inexact) {
        std::vector<float> got(expected.size());
        const auto decoded = decodeToFloat(type, bytes, got);
        QVERIFY2(decoded.ok(), decoded.ok() ? "" : decoded.error().text().c_str());
        const std::size_t block = typeTraits(type).blockValues;
        for (std::size_t i = 0; i < got.size(); ++i) {
            float largest = 0; // no term of a value is larger than twice the largest value of its block
            for (std::size_t k = i / block * block; k < (i / block + 1) * block; ++k) {
                largest = std::max(largest, std::isfinite(expected[k]) ? std::fabs(expected[k]) : 0.0F);
            }
            const std::string place = name + " value " + std::to_string(i);
            QVERIFY2(close(got[i], expected[i], block == 1 ? 0.0F : largest), place.c_str());
            inexact += got[i] != expected[i] && !std::isnan(expected[i]) ? 1 : 0;
            ++values;
        }
    }
    void compareBytes(const std::string& name, DataType type, const std::vector<float>& source,
                      std::span<const std::byte> expected) {
        std::vector<std::byte> got(expected.size());
        const auto encoded = encodeFromFloat(type, source, got);
        if (!encoded.ok()) {
            QVERIFY2(encoded.error().code == ErrorCode::Unsupported, encoded.error().text().c_str());
            qInfo("%s is read but not written", name.c_str());
            return;
        }
        QVERIFY2(std::equal(got.begin(), got.end(), expected.begin()), name.c_str());
    }
};

QTEST_APPLESS_MAIN(TestModelBlocks)
#include "test_model_blocks.moc"
