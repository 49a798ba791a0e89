// What changed between two texts, word by word.
#pragma once

#include <QLabel>
#include <QString>
#include <QVector>

namespace fettle::ui {

struct DiffPiece {
    enum class Kind { Same, Removed, Added };
    Kind kind = Kind::Same;
    QString text;
};
/// Words with the blanks after them; Han characters are words of their own. Very long texts (over kDiffWords words) are
/// told as removed and added whole.
inline constexpr qsizetype kDiffWords = 4000;
[[nodiscard]] QVector<DiffPiece> wordDiff(const QString& before, const QString& after);

/// Shows one side or both: removed words struck on the bad tint, added ones underlined on the ok tint.
class DiffLabel : public QLabel {
    Q_OBJECT
public:
    enum class Side { Both, Before, After };
    explicit DiffLabel(QWidget* parent = nullptr);
    void setTexts(const QString& before, const QString& after, Side side = Side::Both);

private:
    void render();
    QVector<DiffPiece> m_pieces;
    Side m_side = Side::Both;
};

} // namespace fettle::ui
