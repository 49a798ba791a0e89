#include "plot/value_text.h"

#include "bridge/strings.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::ValueText)
};

/// Without superfluous zeros.
QString shortNumber(double value) {
    if (std::abs(value) < 1e-12) {
        return QLocale().toString(0);
    }
    if (std::abs(value) >= 1e7) {
        return Format::number(value, 2);
    }
    if (std::abs(value) >= 1000) {
        return Format::exactCount(std::llround(value));
    }
    if (std::abs(value) < 1e-3) {
        return Format::number(value, 2);
    }
    QString text = QLocale().toString(value, 'f', 6);
    const QString point = QLocale().decimalPoint();
    if (text.contains(point)) {
        while (text.endsWith(u'0')) {
            text.chop(1);
        }
        if (text.endsWith(point)) {
            text.chop(point.size());
        }
    }
    return text.startsWith(u'-') ? QString(QChar(0x2212) % text.mid(1)) : text;
}

QString bytesText(double value) {
    return value < 0 ? Format::unknown() : Format::bytes(static_cast<std::uint64_t>(value));
}

} // namespace

QString valueText(ValueKind kind, double value) {
    if (!std::isfinite(value)) {
        return Format::loss(value); // "NaN"
    }
    switch (kind) {
    case ValueKind::Loss:
        return Format::loss(value);
    case ValueKind::Score:
        return Format::score(value);
    case ValueKind::Rate:
        return Format::number(value, 2);
    case ValueKind::Count:
        return std::abs(value) < 1e15 ? Format::exactCount(std::llround(value)) : Format::number(value, 3);
    case ValueKind::Bytes:
        return bytesText(value);
    case ValueKind::Time:
        return Format::duration(value / 1000);
    case ValueKind::Other:
        break;
    }
    return Format::number(value, 3);
}

QString tickText(ValueKind kind, double value) {
    if (kind == ValueKind::Bytes) {
        return bytesText(std::max(0.0, value));
    }
    if (kind == ValueKind::Time && value != 0) {
        return Format::duration(value / 1000);
    }
    return shortNumber(value);
}

QString placeText(XAxis axis, double x) {
    switch (axis) {
    case XAxis::Step:
        return Words::tr("Step %1").arg(Format::exactCount(std::llround(x)));
    case XAxis::Tokens:
        return Words::tr("%1 tokens").arg(Format::exactCount(std::llround(x)));
    case XAxis::Epoch:
        return Words::tr("Epoch %1").arg(Format::score(x));
    case XAxis::Time:
        return Format::duration(x);
    }
    return {};
}

QString placeTick(XAxis axis, double x) {
    if (axis == XAxis::Time) {
        return x == 0 ? shortNumber(0) : Format::duration(x);
    }
    if (axis == XAxis::Tokens && std::abs(x) >= 1e6) {
        return Format::count(std::llround(x));
    }
    return std::abs(x) >= 1e7 ? Format::count(std::llround(x)) : shortNumber(x);
}

QString axisKey(XAxis axis) {
    switch (axis) {
    case XAxis::Step:
        return u"step"_s;
    case XAxis::Tokens:
        return u"tokens"_s;
    case XAxis::Epoch:
        return u"epoch"_s;
    case XAxis::Time:
        return u"seconds"_s;
    }
    return {};
}

} // namespace fettle::ui
