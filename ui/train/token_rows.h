// Rows as tokens, one under the other, each token coloured by its loss: what the rows of a step and an opened row of
// the table look like. Lays out what RowReader has.
#pragma once

#include "train/row_reader.h"
#include "widgets/buttons.h"
#include "widgets/frames.h"
#include "widgets/token_view.h"

#include <QCheckBox>
#include <QSet>

namespace fettle::ui {

class TokenRows : public QWidget {
    Q_OBJECT
public:
    enum class Choice { No, Yes }; // whether rows can be ticked
    TokenRows(RowReader& reader, Choice choice, const QString& name, QWidget* parent = nullptr);
    [[nodiscard]] QVector<std::int64_t> chosen() const;
    void setChosen(const QVector<std::int64_t>& rows);

Q_SIGNALS:
    void chosenChanged();

private:
    struct Line {
        QWidget* box;
        QCheckBox* tick;
        Label *title, *facts;
        TokenView* tokens;
        std::int64_t sample;
    };
    void refresh();
    Line makeLine();

    RowReader& m_reader;
    Choice m_choice;
    QString m_name;
    Label* m_status;
    ChoiceGroup* m_source;
    QWidget* m_head;
    Label* m_legend;
    QVBoxLayout* m_list;
    QVector<Line> m_lines;
    QSet<std::int64_t> m_chosen;
};

} // namespace fettle::ui
