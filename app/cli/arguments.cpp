// Parsing of options: "--name value", "--name=value", switches, and "--" before positional arguments.
#include "cli/arguments.h"

#include "base/numbers.h"

#include <algorithm>

namespace fettle::app {
namespace {

const Option* findOption(const CommandSpec& spec, const std::string& name) {
    static const Option json{.name = "--json", .value = {}, .help = "print one JSON object on standard output"};
    static const Option help{.name = "--help", .value = {}, .help = "show this text"};
    if (name == json.name) {
        return &json;
    }
    if (name == help.name || name == "-h") {
        return &help;
    }
    const auto found = std::find_if(spec.options.begin(), spec.options.end(),
                                    [&](const Option& option) { return option.name == name; });
    return found == spec.options.end() ? nullptr : &*found;
}

Error usage(std::string message) {
    return makeError(ErrorCode::Usage, std::move(message));
}

} // namespace

Result<Arguments> Arguments::parse(const CommandSpec& spec, const std::vector<std::string>& words) {
    Arguments out;
    bool optionsOver = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (optionsOver || word.size() < 2 || word[0] != '-') {
            out.m_positional.push_back(word);
            continue;
        }
        if (word == "--") {
            optionsOver = true;
            continue;
        }
        const auto equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const Option* option = findOption(spec, name);
        if (option == nullptr) {
            return usage("unknown option " + name);
        }
        std::string value;
        if (!option->value.empty()) {
            if (equals != std::string::npos) {
                value = word.substr(equals + 1);
            } else if (i + 1 < words.size()) {
                value = words[++i];
            } else {
                return usage(name + " needs a value: " + name + " " + option->value);
            }
        } else if (equals != std::string::npos) {
            return usage(name + " takes no value");
        }
        auto& values = out.m_values[option->name];
        if (!values.empty() && !option->repeatable) {
            return usage(name + " is given twice");
        }
        values.push_back(std::move(value));
    }
    if (out.help()) {
        return out;
    }
    for (const Option& option : spec.options) {
        if (option.required && !out.has(option.name)) {
            return usage("missing " + option.name + " " + option.value);
        }
    }
    const auto count = static_cast<int>(out.m_positional.size());
    if (count < spec.minPositional) {
        return usage("missing " + spec.positional);
    }
    if (count > spec.maxPositional) {
        return usage("unexpected argument '" + out.m_positional[static_cast<std::size_t>(spec.maxPositional)] + "'");
    }
    return out;
}

std::string Arguments::text(const std::string& name, const std::string& fallback) const {
    const auto found = m_values.find(name);
    return found == m_values.end() ? fallback : found->second.front();
}

std::vector<std::string> Arguments::all(const std::string& name) const {
    const auto found = m_values.find(name);
    return found == m_values.end() ? std::vector<std::string>() : found->second;
}

Result<std::int64_t> Arguments::integer(const std::string& name, std::int64_t fallback, std::int64_t minimum,
                                        std::int64_t maximum) const {
    if (!has(name)) {
        return fallback;
    }
    const auto value = parseInt(text(name));
    if (!value || *value < minimum || *value > maximum) {
        return usage(name + " must be a whole number from " + std::to_string(minimum) + " to " +
                     std::to_string(maximum) + ", not '" + text(name) + "'");
    }
    return *value;
}

Result<double> Arguments::number(const std::string& name, double fallback, double minimum, double maximum) const {
    if (!has(name)) {
        return fallback;
    }
    const auto value = parseDouble(text(name));
    if (!value || *value < minimum || *value > maximum) {
        return usage(name + " must be a number from " + formatDouble(minimum) + " to " + formatDouble(maximum) +
                     ", not '" + text(name) + "'");
    }
    return *value;
}

std::string usageOf(const CommandSpec& spec) {
    std::string out = "fettle " + spec.name + (spec.positional.empty() ? "" : " " + spec.positional) +
                      " [options]\n  " + spec.summary + "\n";
    std::vector<Option> options = spec.options;
    options.push_back({.name = "--json", .value = {}, .help = "print one JSON object on standard output"});
    for (const Option& option : options) {
        std::string left = "  " + option.name + (option.value.empty() ? "" : " " + option.value);
        left.resize(std::max<std::size_t>(left.size() + 1, 30), ' ');
        out += left + option.help + (option.required ? " (required)" : "") +
               (option.repeatable ? " (may be repeated)" : "") + "\n";
    }
    return out;
}

} // namespace fettle::app
