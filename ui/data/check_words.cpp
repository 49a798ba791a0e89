#include "data/check_words.h"

#include "bridge/strings.h"
#include "data/row_words.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using data::CheckFamily;
using data::CheckFix;

namespace {

/// Core marks its words for the collector in this context.
QString said(const char* text) {
    return QCoreApplication::translate("Check", text);
}

} // namespace

QString CheckWords::title(const std::string& code) {
    const data::CheckInfo* info = data::findCheck(code);
    return info == nullptr ? qs(code) : said(info->title);
}

QString CheckWords::explanation(const std::string& code) {
    const data::CheckInfo* info = data::findCheck(code);
    return info == nullptr ? QString() : said(info->explanation);
}

State CheckWords::state(const std::string& code) {
    const data::CheckInfo* info = data::findCheck(code);
    return info != nullptr && info->severity == data::Severity::Error ? State::Bad : State::Warn;
}

QString CheckWords::family(CheckFamily family) {
    return said(data::checkFamilyTitle(family));
}

QString CheckWords::fix(CheckFix fix) {
    return said(data::checkFixTitle(fix));
}

QString CheckWords::sentence(const project::RowCheck& check) {
    const QString what = explanation(check.code);
    QString place = qs(check.detail);
    if (check.other > 0) {
        place = place.isEmpty() ? RowWords::rowName(check.other)
                                : tr("%1: %2", "other row, detail").arg(RowWords::rowName(check.other), place);
    }
    return place.isEmpty() ? what : what.isEmpty() ? place : tr("%1 %2", "explanation, where").arg(what, place);
}

const project::RowCheck* CheckWords::worst(const std::vector<project::RowCheck>& checks) {
    const project::RowCheck* found = nullptr;
    for (const project::RowCheck& check : checks) {
        if (found == nullptr || (state(check.code) == State::Bad && state(found->code) != State::Bad)) {
            found = &check;
        }
    }
    return found;
}

QVector<CheckChip> checkChips(const std::map<std::string, std::int64_t>& counts) {
    QVector<CheckChip> out;
    for (const data::CheckInfo& info : data::allChecks()) {
        const auto found = counts.find(info.code);
        if (found == counts.end() || found->second <= 0) {
            continue;
        }
        const auto chip =
            std::find_if(out.begin(), out.end(), [&info](const CheckChip& each) { return each.family == info.family; });
        if (chip == out.end()) {
            CheckChip made;
            made.family = info.family;
            made.state = info.severity == data::Severity::Error ? State::Bad : State::Warn;
            made.title = CheckWords::family(info.family);
            made.codes = {info.code};
            made.most = found->second;
            made.fixes = info.fixes;
            out.append(made);
        } else {
            chip->codes.emplace_back(info.code);
            chip->most = std::max(chip->most, found->second);
            for (const CheckFix fix : info.fixes) {
                if (std::find(chip->fixes.begin(), chip->fixes.end(), fix) == chip->fixes.end()) {
                    chip->fixes.push_back(fix);
                }
            }
        }
    }
    for (const auto& [code, rows] : counts) { // of another version of the program: shown by their codes
        if (data::findCheck(code) == nullptr && rows > 0) {
            CheckChip made;
            made.title = qs(code);
            made.codes = {code};
            made.most = rows;
            out.append(made);
        }
    }
    return out;
}

} // namespace fettle::ui
