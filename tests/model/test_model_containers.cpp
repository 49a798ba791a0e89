// safetensors and GGUF as containers: every malformed file refused with a reason, its good twin opened, and files
// written as the reference writes them.
#include "base/files.h"
#include "base/json.h"
#include "model/gguf.h"
#include "model/safetensors.h"
#include "support/golden.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cstring>
#include <filesystem>

using namespace fettle;
using namespace fettle::model;

namespace {

std::vector<std::string> filesIn(const std::string& folder) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        out.push_back(entry.path().filename().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

template <class Open>
void judgeAll(const std::string& folder, Open open) {
    auto index = readJsonFile(folder + "/index.json");
    QVERIFY2(index.ok(), index.ok() ? "" : index.error().text().c_str());
    int opened = 0;
    int refused = 0;
    for (const Json& entry : index.value()["files"]) {
        const std::string file = entry["file"].get<std::string>();
        const auto result = open(folder + "/" + file);
        const std::string said = file + ": " + (result.ok() ? std::string("opened") : result.error().text());
        QVERIFY2(result.ok() == entry["accept"].get<bool>(), said.c_str());
        if (result.ok()) {
            ++opened;
        } else {
            QVERIFY2(result.error().file == folder + "/" + file && !result.error().message.empty(), said.c_str());
            ++refused;
        }
    }
    QCOMPARE(static_cast<std::size_t>(opened + refused) + 1, filesIn(folder).size());
    qInfo("%s: %d opened, %d refused", folder.c_str(), opened, refused);
    QVERIFY(opened > 0 && refused > 0);
}

std::string scratch(const QTemporaryDir& dir, const char* name) {
    return dir.path().toStdString() + "/" + name;
}

} // namespace

class TestModelContainers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void safetensorsVerdicts() { judgeAll(goldenRoot() + "/models/bad_safetensors", openSafetensors); }
    void ggufVerdicts() { judgeAll(goldenRoot() + "/models/bad_gguf", openGguf); }

    /// Files of the reference, read and written again, are the same bytes.
    void writesTheSameBytes() {
        const QTemporaryDir dir;
        int compared = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(goldenRoot() + "/models")) {
            const std::string path = entry.path().string();
            if (entry.path().extension() != ".safetensors" || path.find("/bad_safetensors/") != std::string::npos) {
                continue;
            }
            auto file = openSafetensors(path);
            QVERIFY2(file.ok(), file.ok() ? "" : file.error().text().c_str());
            if (file.value()->metadata().size() != 1 || file.value()->metadata().count("format") == 0) {
                continue; // files of other writers carry other metadata
            }
            std::vector<TensorToWrite> tensors;
            for (const TensorInfo& info : file.value()->tensors()) {
                tensors.insert(tensors.begin(), {info.name, info.type, info.shape, info.bytes});
            }
            const std::string copy = scratch(dir, "copy.safetensors");
            const auto written = writeSafetensors(copy, tensors);
            QVERIFY2(written.ok(), written.ok() ? "" : written.error().text().c_str());
            const std::string before = readFile(path).valueOr("");
            const std::string after = readFile(copy).valueOr("");
            QVERIFY2(before == after, path.c_str());
            ++compared;
        }
        qInfo("%d files written again with the same bytes", compared);
        QVERIFY(compared > 10);
    }

    void widestFirstAndPadded() {
        const QTemporaryDir dir;
        const std::vector<std::byte> zeros(64);
        const std::span<const std::byte> bytes(zeros);
        const std::string path = scratch(dir, "order.safetensors");
        // The order was taken from the reference.
        const std::vector<std::pair<std::string, DataType>> types = {
            {"u64", DataType::U64}, {"i64", DataType::I64}, {"f64", DataType::F64},   {"f32", DataType::F32},
            {"u32", DataType::U32}, {"i32", DataType::I32}, {"bf", DataType::BF16},   {"f16", DataType::F16},
            {"u16", DataType::U16}, {"i16", DataType::I16}, {"e4", DataType::F8E4M3}, {"e5", DataType::F8E5M2},
            {"i8", DataType::I8},   {"u8", DataType::U8},   {"b", DataType::Bool}};
        std::vector<TensorToWrite> tensors;
        for (const auto& [name, type] : types) {
            tensors.insert(tensors.begin(), {name, type, {2}, bytes.first(2 * typeTraits(type).blockBytes)});
        }
        QVERIFY(writeSafetensors(path, tensors).ok());
        auto file = openSafetensors(path);
        QVERIFY(file.ok());
        QCOMPARE(file.value()->tensors().size(), types.size());
        for (std::size_t i = 0; i < types.size(); ++i) {
            QCOMPARE(file.value()->tensors()[i].name, types[i].first);
        }
        const std::string text = readFile(path).valueOr("");
        std::uint64_t header = 0;
        std::memcpy(&header, text.data(), sizeof header);
        QCOMPARE(header % 8, std::uint64_t{0});
        QCOMPARE(file.value()->metadata().at("format"), std::string("pt"));

        const auto twice = writeSafetensors(
            path, {{"a", DataType::F32, {1}, bytes.first(4)}, {"a", DataType::F32, {1}, bytes.first(4)}});
        QVERIFY(!twice.ok() && twice.error().key == "a");
        QVERIFY(!writeSafetensors(path, {{"a", DataType::F32, {2}, bytes.first(4)}}).ok());
        QVERIFY(!writeSafetensors(path, {{"a", DataType::F32, {1}, bytes.first(8)}}).ok());
        QVERIFY(!writeSafetensors(path, {{"a", DataType::Q8_0, {32}, bytes.first(34)}}).ok());
        QCOMPARE(readFile(path).valueOr(""), text); // refused writes leave the old file
    }

    /// The n-th file operation fails, for every n: the old file or the whole new one is there, and nothing beside it.
    void failedWrites() {
        const std::vector<float> one(5'000'000, 1.0F); // larger than the buffer: several writes
        const std::vector<float> two(8, 2.0F);
        const std::vector<TensorToWrite> tensors = {{"a", DataType::F32, {5'000'000}, std::as_bytes(std::span(one))},
                                                    {"b", DataType::F32, {8}, std::as_bytes(std::span(two))}};
        int failures = 0;
        for (int fail = 1;; ++fail) {
            const QTemporaryDir dir;
            const std::string path = scratch(dir, "model.safetensors");
            QVERIFY(writeFileAtomic(path, "old").ok());
            int seen = 0;
            bool renamed = false;
            setFileFaultHook([&](FileOperation operation, const std::string&) {
                const int code = ++seen == fail ? ENOSPC : 0;
                renamed = renamed || (operation == FileOperation::Rename && code == 0);
                return code;
            });
            const auto written = writeSafetensors(path, tensors);
            setFileFaultHook({});
            if (written.ok()) {
                QVERIFY(seen < fail);
                break;
            }
            ++failures;
            QVERIFY(written.error().code == ErrorCode::DiskFull);
            const std::string now = readFile(path).valueOr("");
            QVERIFY2(renamed ? now.size() > one.size() * 4 : now == "old", written.error().text().c_str());
            QCOMPARE(filesIn(dir.path().toStdString()), std::vector<std::string>{"model.safetensors"});
        }
        QVERIFY2(failures >= 6, std::to_string(failures).c_str());
    }

    void producersThatFail() {
        const QTemporaryDir dir;
        const std::string path = scratch(dir, "model.safetensors");
        const std::vector<std::byte> bytes(8);
        TensorToStream tensor{"a", DataType::F32, {2}, [](const ByteSink&) -> Result<void> {
                                  return makeError(ErrorCode::Corrupt, "source broke");
                              }};
        auto written = streamSafetensors(path, {tensor});
        QVERIFY(!written.ok() && written.error().code == ErrorCode::Corrupt);
        tensor.produce = [&](const ByteSink& sink) { return sink(std::span(bytes).first(7)); };
        QVERIFY(!streamSafetensors(path, {tensor}).ok());
        QVERIFY(filesIn(dir.path().toStdString()).empty());
        tensor.produce = [&](const ByteSink& sink) -> Result<void> {
            FETTLE_TRY(sink(std::span(bytes).first(3)));
            return sink(std::span(bytes).last(5));
        };
        QVERIFY(streamSafetensors(path, {tensor}).ok());
    }

    void ggufValues() {
        const std::string folder = goldenRoot() + "/models/bad_gguf/";
        auto arrays = openGguf(folder + "good_arrays.gguf");
        QVERIFY(arrays.ok());
        int strings = 0;
        int empty = 0;
        for (const auto& [key, value] : arrays.value()->metadata()) {
            QVERIFY(arrays.value()->get(key) == &value);
            if (const GgufArray* array = arrays.value()->array(key)) {
                strings += array->strings.empty() ? 0 : 1;
                empty += array->strings.empty() && array->numbers.empty() && array->integers.empty() &&
                                 array->booleans.empty()
                             ? 1
                             : 0;
            }
        }
        QVERIFY(strings > 0 && empty > 0);
        QVERIFY(arrays.value()->get("no.such.key") == nullptr && !arrays.value()->text("no.such.key"));
        auto blocks = openGguf(folder + "good_q8_0.gguf");
        QVERIFY(blocks.ok());
        QCOMPARE(blocks.value()->tensors().front().type, DataType::Q8_0);
        QCOMPARE(blocks.value()->tensors().front().bytes.size(), std::size_t{68});
        QVERIFY(openGguf(folder + "good_v2.gguf").value()->version() == 2);
        QVERIFY(!openGguf(folder + "no_such_file.gguf").ok());
    }
};

QTEST_APPLESS_MAIN(TestModelContainers)
#include "test_model_containers.moc"
