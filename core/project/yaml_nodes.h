// What reading and editing of YAML recipes share: the parsed document with its places, and scalars as we write them.
// Private to this folder.
#pragma once

#include "base/json.h"
#include "recipe/fields.h"

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>

namespace fettle::project {

/// One document whose root is a map or nothing. Error Parse with line and column.
[[nodiscard]] Result<YAML::Node> parseYamlDocument(std::string_view text, const std::string& fileName);

/// A value as it stands on one line: plain where every YAML reader takes it for what it is, else in double quotes;
/// lists and maps in brackets.
[[nodiscard]] std::string inlineYaml(const Json& value);

} // namespace fettle::project
