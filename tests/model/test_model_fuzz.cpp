// Seeded mutations of good and bad files: every reader must answer or refuse, within memory a few times the size of its
// input. FETTLE_FUZZ_SEED and FETTLE_FUZZ_COUNT change the run; a failure prints the file and the seed that made it.
#include "base/numbers.h"
#include "model/gguf.h"
#include "model/peft_adapter.h"
#include "model/safetensors.h"
#include "model_samples.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cstring>
#include <random>

#include <sys/resource.h>

using namespace fettle;
using namespace fettle::model;
using namespace fettle::model::testing;
namespace fs = std::filesystem;

namespace {

std::int64_t setting(const char* name, std::int64_t fallback) {
    const char* text = std::getenv(name); // NOLINT(concurrency-mt-unsafe): tests do not change it
    return text == nullptr ? fallback : parseInt(text).valueOr(fallback);
}

std::vector<std::string> seeds(const std::vector<std::string>& folders, const std::string& extension) {
    std::vector<std::string> out;
    for (const std::string& folder : folders) {
        for (const auto& entry : fs::recursive_directory_iterator(goldenRoot() + "/models/" + folder)) {
            if (entry.path().extension() == extension && entry.file_size() < 200'000) {
                out.push_back(entry.path().string());
            }
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// One to eight changes: bits, bytes, 8-byte numbers of the sizes that break arithmetic, cuts, repeated and removed
/// stretches; mostly near the start, where the tables are.
void mutate(std::string& bytes, std::mt19937_64& random) {
    const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random() % limit); };
    const std::size_t changes = 1 + below(1 + below(8));
    for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
        const std::size_t at = below(below(4) != 0 ? std::min<std::size_t>(bytes.size(), 2048) : bytes.size());
        switch (below(11)) {
        case 0:
        case 6:
        case 7:
            bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(8)));
            break;
        case 1:
        case 8:
            bytes[at] = static_cast<char>(below(256));
            break;
        case 2: {
            const std::uint64_t values[] = {
                0, 1, ~0ULL, 1ULL << 63U, (1ULL << 61U) + 1, 1ULL << 32U, 0x7FFFFFFFFFFFFFFFULL, bytes.size()};
            const std::uint64_t value = values[below(8)] + below(3);
            std::memcpy(bytes.data() + at, &value, std::min<std::size_t>(8, bytes.size() - at));
            break;
        }
        case 3:
            bytes.resize(below(bytes.size()));
            break;
        case 4:
            bytes.insert(at, bytes.substr(at, 1 + below(64)));
            break;
        case 5:
            bytes.erase(at, 1 + below(64));
            break;
        default:
            bytes[at] = "{}[]\":,0-9 .e"[below(13)];
            break;
        }
    }
}

std::span<const std::byte> spanOf(const std::string& bytes) {
    return std::as_bytes(std::span<const char>(bytes));
}

/// Everything a reader gave out must lie inside the input and be readable as numbers.
template <class File>
void touch(const File& file, const std::string& bytes) {
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
    for (const TensorInfo& info : file.tensors()) {
        QVERIFY(info.bytes.empty() ||
                (info.bytes.data() >= begin && info.bytes.data() + info.bytes.size() <= begin + bytes.size()));
        const auto count = static_cast<std::size_t>(info.valueCount());
        QCOMPARE(info.bytes.size(), count / typeTraits(info.type).blockValues * typeTraits(info.type).blockBytes);
        std::vector<float> values(count);
        const auto decoded = decodeToFloat(info.type, info.bytes, values);
        QVERIFY(decoded.ok() || decoded.error().code == ErrorCode::Unsupported);
    }
}

} // namespace

class TestModelFuzz : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        const rlimit limit{std::uint64_t{1} << 30U,
                           std::uint64_t{1} << 30U}; // a claimed size that is believed ends the program here
        QVERIFY(setrlimit(RLIMIT_AS, &limit) == 0);
#endif
        m_seed = setting("FETTLE_FUZZ_SEED", 1);
        m_count = setting("FETTLE_FUZZ_COUNT", 6000);
    }

    void safetensors() {
        run(seeds({"bad_safetensors", "ggml"}, ".safetensors"), [](const std::string& bytes) {
            const auto file = parseSafetensors(spanOf(bytes), "fuzz");
            if (file.ok()) {
                touch(*file.value(), bytes);
            }
            return file.ok();
        });
    }

    void gguf() {
        run(seeds({"bad_gguf", "smollm2/gguf"}, ".gguf"), [](const std::string& bytes) {
            const auto file = parseGguf(spanOf(bytes), "fuzz");
            if (file.ok()) {
                touch(*file.value(), bytes);
            }
            return file.ok();
        });
    }

    /// Whole models and adapters through their doors, on disk.
    void models() {
        const QTemporaryDir dir;
        const std::string path = dir.path().toStdString() + "/model.gguf";
        m_count /= 6;
        int unread = 0;
        run(seeds({"smollm2/gguf", "llama_bias/gguf"}, "." + std::string("gguf")), [&](const std::string& bytes) {
            if (!writeFileAtomic(path, bytes).ok()) {
                return false;
            }
            const auto model = openModel(path);
            if (model.ok()) {
                for (const std::string& name : model.value()->names()) {
                    if (floatsOf(*model.value(), name).empty()) {
                        qWarning("%s cannot be read", name.c_str());
                        ++unread;
                    }
                }
            }
            return model.ok();
        });
        m_count *= 6;
        QCOMPARE(unread, 0); // what opened must be readable
    }

    void configurations() {
        std::vector<std::string> files = seeds({"llama", "mistral", "qwen3"}, ".json");
        files.erase(std::remove_if(files.begin(), files.end(),
                                   [](const std::string& name) { return name.find("config") == std::string::npos; }),
                    files.end());
        run(files, [](const std::string& bytes) {
            const auto json = parseJson(bytes);
            if (!json.ok()) {
                return false;
            }
            const auto config = configFromJson(json.value());
            const auto adapter = adapterConfigFromJson(json.value());
            if (adapter.ok()) {
                const ModuleScale scale = moduleScale(adapter.value(), "model.layers.0.self_attn.q_proj");
                return scale.rank >= 1 && adapterConfigFromJson(adapterConfigToJson(adapter.value())).ok();
            }
            return config.ok() && config.value().parameterCount() > 0;
        });
    }

private:
    template <class Judge>
    void run(const std::vector<std::string>& files, Judge judge) {
        QVERIFY(!files.empty());
        std::int64_t opened = 0;
        for (std::int64_t i = 0; i < m_count; ++i) {
            const auto seed = static_cast<std::uint64_t>(m_seed) * 1'000'003U + static_cast<std::uint64_t>(i);
            std::mt19937_64 random(seed);
            const std::string& path = files[static_cast<std::size_t>(random() % files.size())];
            std::string bytes = readFile(path).valueOr("");
            QVERIFY2(fs::file_size(path) == bytes.size(), path.c_str());
            mutate(bytes, random);
            opened += judge(bytes) ? 1 : 0;
            QVERIFY2(!QTest::currentTestFailed(), (path + " with seed " + std::to_string(seed)).c_str());
        }
        qInfo("%lld inputs, %lld still opened", static_cast<long long>(m_count), static_cast<long long>(opened));
        QVERIFY(opened > 0 && opened < m_count);
    }

    std::int64_t m_seed = 1;
    std::int64_t m_count = 0;
};

QTEST_APPLESS_MAIN(TestModelFuzz)
#include "test_model_fuzz.moc"
