#include "data/data_columns.h"

#include "base/json.h"
#include "bridge/strings.h"
#include "data/row_words.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowCells;
using project::SortKey;

namespace {

class Columns {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::Columns)
};

QString whole(const std::optional<std::int64_t>& value) {
    return value ? Format::exactCount(*value) : Format::unknown();
}

} // namespace

const QVector<DataColumn>& dataColumns() {
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter;
    constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;
    const auto column = [](const char* name, const char* title, Qt::Alignment alignment, const char* sample,
                           SortKey sort, bool atFirst, QString (*text)(const RowCells&)) {
        return DataColumn{name, title, alignment, sample, sort, sort == SortKey::None, atFirst, text};
    };
    static const QVector<DataColumn> all{
        column("id", QT_TRANSLATE_NOOP("fettle::ui::Columns", "#"), right, "10,000", SortKey::None, true,
               [](const RowCells& row) { return RowWords::id(row.id); }),
        column("title", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Question"), left, "", SortKey::Title, true,
               [](const RowCells& row) { return qs(row.title); }),
        column("answer", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Answer"), left, "an answer x", SortKey::Answer, true,
               [](const RowCells& row) { return qs(row.answer); }),
        column("label", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Label"), left, "science and", SortKey::Label, false,
               [](const RowCells& row) { return qs(row.label); }),
        column("split", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Split"), left, "Validation", SortKey::Split, true,
               [](const RowCells& row) { return RowWords::split(row.split); }),
        column("state", QT_TRANSLATE_NOOP("fettle::ui::Columns", "State"), left, "Rejected", SortKey::State, false,
               [](const RowCells& row) { return RowWords::state(row.state); }),
        column("tokens", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Tokens"), right, "10,000", SortKey::Tokens, true,
               [](const RowCells& row) { return whole(row.tokens); }),
        column("trained_tokens", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Trained"), right, "10,000",
               SortKey::TrainedTokens, false, [](const RowCells& row) { return whole(row.trainedTokens); }),
        column("turns", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Turns"), right, "100", SortKey::Turns, false,
               [](const RowCells& row) { return Format::exactCount(row.turns); }),
        column("answer_length", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Answer length"), right, "100,000",
               SortKey::AnswerLength, false, [](const RowCells& row) { return Format::exactCount(row.answerLength); }),
        column("loss", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Loss"), right, "10.00", SortKey::Loss, true,
               [](const RowCells& row) { return Format::score(row.loss); }),
        column("rating", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Rating"), right, "5", SortKey::Rating, false,
               [](const RowCells& row) { return whole(row.rating); }),
        column("kind", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Kind"), left, "Conversation", SortKey::Kind, false,
               [](const RowCells& row) { return RowWords::kind(row.kind); }),
        column("language", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Language"), left, "Portuguese", SortKey::Language,
               false, [](const RowCells& row) { return RowWords::language(qs(row.language)); }),
        DataColumn{"tags", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Tags"), left, "one tag, another", SortKey::None,
                   false, false,
                   [](const RowCells& row) {
                       QStringList tags;
                       for (const std::string& tag : row.tags) {
                           tags << qs(tag);
                       }
                       return tags.join(u", "_s);
                   }},
        column("checks", QT_TRANSLATE_NOOP("fettle::ui::Columns", "Checks"), left, "Leaks into test xx",
               SortKey::Checks, true, [](const RowCells&) { return QString(); }), // drawn by the delegate
    };
    return all;
}

const DataColumn* findDataColumn(const QString& name) {
    const QVector<DataColumn>& all = dataColumns();
    const auto found = std::find_if(
        all.begin(), all.end(), [&name](const DataColumn& column) { return name == QLatin1StringView(column.name); });
    return found == all.end() ? nullptr : &*found;
}

bool isMetadataColumn(const QString& name) {
    return name.startsWith(u"metadata.") && name.size() > 9;
}

QString columnTitle(const QString& name) {
    if (const DataColumn* column = findDataColumn(name)) {
        return Columns::tr(column->title);
    }
    return isMetadataColumn(name) ? name.mid(9) : name;
}

ShownColumns usualColumns() {
    ShownColumns out;
    for (const DataColumn& column : dataColumns()) {
        if (column.atFirst) {
            out.append({QString::fromLatin1(column.name), 0});
        }
    }
    return out;
}

Json toJson(const ShownColumns& columns) {
    Json out = Json::array();
    for (const ShownColumn& column : columns) {
        out.push_back({{"name", us(column.name)}, {"width", column.width}});
    }
    return out;
}

ShownColumns columnsFromJson(const Json& json) {
    ShownColumns out;
    if (json.is_array()) {
        for (const Json& each : json) {
            const Result<std::string> name = jsonString(each, "name");
            const Result<std::int64_t> width = jsonInt(each, "width", 0);
            if (!name || !width) {
                continue;
            }
            const QString known = qs(name.value());
            const bool twice = std::any_of(out.begin(), out.end(),
                                           [&known](const ShownColumn& column) { return column.name == known; });
            if (!twice && (findDataColumn(known) != nullptr || isMetadataColumn(known))) {
                out.append({known, static_cast<int>(std::clamp<std::int64_t>(width.value(), 0, 4000))});
            }
        }
    }
    return out.isEmpty() ? usualColumns() : out;
}

} // namespace fettle::ui
