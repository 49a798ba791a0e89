// Command-line arguments: what a command accepts, parsed and checked. Unknown or missing options are usage errors (exit
// 2) that name them.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fettle::app {

struct Option {
    std::string name;  // "--recipe"
    std::string value; // placeholder "R.yaml"; "" = a switch
    std::string help;
    bool required = false;
    bool repeatable = false;
};

struct CommandSpec {
    std::string name; // "data validate"
    std::string summary;
    std::vector<Option> options = {}; // --json and --help are always there
    std::string positional = {};      // placeholder of positional arguments, "" = none
    int minPositional = 0, maxPositional = 0;
};

class Arguments {
public:
    [[nodiscard]] static Result<Arguments> parse(const CommandSpec& spec, const std::vector<std::string>& words);

    [[nodiscard]] bool has(const std::string& name) const { return m_values.contains(name); }
    [[nodiscard]] std::string text(const std::string& name, const std::string& fallback = {}) const;
    [[nodiscard]] std::vector<std::string> all(const std::string& name) const;
    /// Error Usage naming the option where the value is no number or out of range.
    [[nodiscard]] Result<std::int64_t> integer(const std::string& name, std::int64_t fallback, std::int64_t minimum,
                                               std::int64_t maximum) const;
    [[nodiscard]] Result<double> number(const std::string& name, double fallback, double minimum, double maximum) const;
    [[nodiscard]] const std::vector<std::string>& positional() const { return m_positional; }
    [[nodiscard]] bool json() const { return has("--json"); }
    [[nodiscard]] bool help() const { return has("--help"); }

private:
    std::map<std::string, std::vector<std::string>> m_values;
    std::vector<std::string> m_positional;
};

[[nodiscard]] std::string usageOf(const CommandSpec& spec);

} // namespace fettle::app
