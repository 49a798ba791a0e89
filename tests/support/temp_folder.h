// A folder that lives as long as one test.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include <stdlib.h> // NOLINT: mkdtemp

namespace fettle::test {

class TempFolder {
public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "case-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        m_path = name;
    }
    ~TempFolder() {
        std::error_code status;
        std::filesystem::remove_all(m_path, status);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return m_path + '/' + name; }

private:
    std::string m_path;
};

} // namespace fettle::test
