#include "bridge/strings.h"

#include "base/numbers.h"

#include <QDateTime>
#include <QLocale>

#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

const QChar kNoBreak(0x00A0);

QString withMinus(QString text) {
    if (text.startsWith(u'-')) {
        text[0] = QChar(0x2212);
    }
    return text;
}

} // namespace

QString Format::exactCount(std::int64_t value) {
    return withMinus(QLocale().toString(static_cast<qlonglong>(value)));
}

QString Format::count(std::int64_t value) {
    if (value >= 1'000'000'000) {
        return tr("%1 B", "billions").arg(QLocale().toString(static_cast<double>(value) / 1e9, 'f', 1));
    }
    if (value >= 1'000'000) {
        return tr("%1 M", "millions").arg(QLocale().toString(static_cast<double>(value) / 1e6, 'f', 1));
    }
    return exactCount(value);
}

QString Format::loss(std::optional<double> value) {
    if (!value) {
        return unknown();
    }
    return std::isfinite(*value) ? withMinus(QLocale().toString(*value, 'f', 3)) : u"NaN"_s;
}

QString Format::score(std::optional<double> value) {
    if (!value) {
        return unknown();
    }
    return std::isfinite(*value) ? withMinus(QLocale().toString(*value, 'f', 2)) : u"NaN"_s;
}

QString Format::rate(double value) {
    return qs(formatDouble(value));
}

QString Format::number(double value, int digits) {
    if (!std::isfinite(value)) {
        return u"NaN"_s;
    }
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e7)) {
        QString text = QString::number(value, 'e', std::max(0, digits - 1));
        // 1.30e-04 is read easier as 1.3e-4.
        const qsizetype e = text.indexOf(u'e');
        QString mantissa = text.left(e);
        if (mantissa.contains(u'.')) {
            while (mantissa.endsWith(u'0')) {
                mantissa.chop(1);
            }
            if (mantissa.endsWith(u'.')) {
                mantissa.chop(1);
            }
        }
        return withMinus(mantissa % u'e' % QString::number(text.mid(e + 1).toInt()));
    }
    const int whole = size < 1 ? 1 : static_cast<int>(std::floor(std::log10(size))) + 1;
    const int leading = size > 0 && size < 1 ? static_cast<int>(std::floor(-std::log10(size))) : 0;
    return withMinus(QLocale().toString(value, 'f', std::max(0, digits - whole + (size < 1 ? 1 + leading : 0))));
}

QString Format::bytes(std::uint64_t value) {
    const double v = static_cast<double>(value);
    if (v >= 1e9) {
        return QLocale().toString(v / 1e9, 'f', 1) % kNoBreak % u"GB"_s;
    }
    if (v >= 1e6) {
        return QLocale().toString(v / 1e6, 'f', 0) % kNoBreak % u"MB"_s;
    }
    if (v >= 1e3) {
        return QLocale().toString(v / 1e3, 'f', 0) % kNoBreak % u"kB"_s;
    }
    return QLocale().toString(v, 'f', 0) % kNoBreak % u"B"_s;
}

QString Format::duration(double seconds) {
    if (!(seconds >= 0)) {
        return unknown();
    }
    if (seconds < 1) {
        return tr("%1 ms").arg(qRound(seconds * 1000));
    }
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 60) {
        return tr("%1 s").arg(whole);
    }
    if (whole < 3600) {
        return whole % 60 == 0 ? tr("%1 min").arg(whole / 60) : tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    }
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60, 2, 10, QChar(u'0'));
}

QString Format::roughDuration(double seconds) {
    return seconds >= 120 ? duration(std::ceil(seconds / 60) * 60) : duration(std::max(1.0, std::ceil(seconds)));
}

QString Format::percent(double fraction) {
    if (!std::isfinite(fraction)) {
        return unknown();
    }
    const QString number = QLocale().toString(std::clamp(static_cast<int>(std::floor(fraction * 100 + 1e-9)), 0, 100));
    return QLocale().language() == QLocale::Chinese ? QString(number % u'%') : QString(number % kNoBreak % u'%');
}

QString Format::tokensPerSecond(std::optional<double> value) {
    return value && *value > 0 ? tr("%1 tokens/s").arg(exactCount(std::llround(*value))) : unknown();
}

QString Format::when(std::int64_t unixMs, std::int64_t nowMs) {
    if (unixMs <= 0) {
        return unknown();
    }
    const QDateTime then = QDateTime::fromMSecsSinceEpoch(unixMs);
    const QDateTime now = nowMs < 0 ? QDateTime::currentDateTime() : QDateTime::fromMSecsSinceEpoch(nowMs);
    const QString time = QLocale().toString(then.time(), u"HH:mm"_s);
    const qint64 days = then.date().daysTo(now.date());
    if (days == 0) {
        return tr("today %1").arg(time);
    }
    if (days == 1) {
        return tr("yesterday %1").arg(time);
    }
    if (then.date().year() == now.date().year()) {
        return QLocale().toString(then.date(), tr("d MMM", "date in this year"));
    }
    return QLocale().toString(then.date(), tr("d MMM yyyy", "date in another year"));
}

namespace {
class ErrorWords {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::ErrorWords)
};
} // namespace

ErrorText describe(const Error& error) {
    ErrorText out;
    const QString name = error.file.empty() ? QString() : qs(error.file).section(u'/', -1);
    const auto named = [&name](const QString& with, const QString& without) {
        return name.isEmpty() ? without : with.arg(name);
    };
    switch (error.code) {
    case ErrorCode::NotFound:
        out.what =
            named(ErrorWords::tr("“%1” was not found."), ErrorWords::tr("Something that is needed was not found."));
        out.meaning = ErrorWords::tr("It may have been moved or renamed. Choose it again, or put it back.");
        break;
    case ErrorCode::Permission:
        out.what = named(ErrorWords::tr("“%1” may not be read or written."),
                         ErrorWords::tr("The file may not be read or written."));
        out.meaning = ErrorWords::tr("Change its permissions, or choose another place.");
        break;
    case ErrorCode::DiskFull:
        out.what = ErrorWords::tr("The disk is full.");
        out.meaning = ErrorWords::tr("What was saved before is whole. Free some space, then try again.");
        break;
    case ErrorCode::Parse:
    case ErrorCode::InvalidInput:
        out.what = error.line > 0 ? named(ErrorWords::tr("“%1”, line %2, cannot be used as it is."),
                                          ErrorWords::tr("Line %2 cannot be used as it is."))
                                        .replace(u"%2"_s, QString::number(error.line))
                                  : named(ErrorWords::tr("“%1” cannot be used as it is."),
                                          ErrorWords::tr("A value cannot be used as it is."));
        out.meaning = ErrorWords::tr("Correct the place named in Details, then try again.");
        break;
    case ErrorCode::Unsupported:
        out.what = named(ErrorWords::tr("“%1” is of a kind that this version does not handle."),
                         ErrorWords::tr("This version does not handle that."));
        out.meaning = ErrorWords::tr("Details name what it is and what can be used instead.");
        break;
    case ErrorCode::Corrupt:
        out.what = named(ErrorWords::tr("“%1” is damaged."), ErrorWords::tr("A file of the project is damaged."));
        out.meaning = ErrorWords::tr("Restore it from a copy, or remove it. Other files are not touched.");
        break;
    case ErrorCode::OutOfMemory:
        out.what = ErrorWords::tr("There was not enough memory.");
        out.meaning = ErrorWords::tr("Lower the context or the batch tokens, or close other programs.");
        break;
    case ErrorCode::EngineMissing:
        out.what = ErrorWords::tr("The training engine could not be opened.");
        out.meaning =
            ErrorWords::tr("Run packaging/setup.sh once: it fetches LibTorch. Everything else works without it.");
        break;
    case ErrorCode::Busy:
        out.what = named(ErrorWords::tr("“%1” is in use by another program."),
                         ErrorWords::tr("It is in use by another program."));
        out.meaning = ErrorWords::tr("Close it there, then try again.");
        break;
    case ErrorCode::Cancelled:
        out.what = ErrorWords::tr("It was cancelled.");
        break;
    case ErrorCode::Network:
        out.what = ErrorWords::tr("The network did not answer.");
        out.meaning = ErrorWords::tr("Check the address and the connection, then try again.");
        break;
    case ErrorCode::NonFinite:
        out.what = ErrorWords::tr("The loss is not a number.");
        out.meaning = ErrorWords::tr("Continue from the last checkpoint with half the learning rate.");
        break;
    case ErrorCode::DeviceLost:
        out.what = ErrorWords::tr("The device stopped answering.");
        out.meaning = ErrorWords::tr("The last checkpoint is whole. Continue from it.");
        break;
    case ErrorCode::Io:
        out.what = named(ErrorWords::tr("“%1” could not be read or written."),
                         ErrorWords::tr("A file could not be read or written."));
        out.meaning = ErrorWords::tr("Check the disk, then try again.");
        break;
    case ErrorCode::None:
    case ErrorCode::Usage:
    case ErrorCode::Internal:
        out.what = ErrorWords::tr("Something went wrong inside Fettle.");
        out.meaning = ErrorWords::tr("Nothing was lost that had been saved. Details help to report it.");
        break;
    }
    out.details = qs(error.text());
    if (!error.detail.empty()) {
        out.details += u'\n' % qs(error.detail);
    }
    return out;
}

} // namespace fettle::ui
