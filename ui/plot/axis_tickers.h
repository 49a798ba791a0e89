// The number writers of chart axes. Included by the chart's own sources only.
#pragma once

#include "bridge/strings.h"
#include "plot/qcustomplot_wrapper.h"

#include <algorithm>
#include <cmath>

namespace fettle::ui {

/// Numbers on axes by the locale of the window: 1,100 · 0.5 · 2e-4.
class AxisTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        if (std::abs(tick) < 1e-12) {
            return QLocale().toString(0);
        }
        return std::abs(tick) >= 1000 ? Format::exactCount(std::llround(tick)) : shortNumber(tick);
    }

public:
    static QString shortNumber(double value) {
        if (std::abs(value) < 1e-3 || std::abs(value) >= 1e7) {
            return Format::number(value, 2);
        }
        QString text = QLocale().toString(value, 'f', 6);
        const QChar point = QLocale().decimalPoint().isEmpty() ? QChar(u'.') : QLocale().decimalPoint().at(0);
        if (text.contains(point)) {
            while (text.endsWith(u'0')) {
                text.chop(1);
            }
            if (text.endsWith(point)) {
                text.chop(1);
            }
        }
        return text.startsWith(u'-') ? QString(QChar(0x2212) % text.mid(1)) : text;
    }
};

/// First, middle and end: a small chart has no room for more.
class EndsTicker : public AxisTicker {
protected:
    QVector<double> createTickVector(double, const QCPRange& range) override {
        const double middle = range.center();
        return {range.lower, range.size() >= 4 ? std::round(middle) : middle, range.upper};
    }
    int getSubTickCount(double) override { return 0; }
};

/// 1, 2, 5 times powers of ten: a loss rarely spans a whole decade.
class LogTicker : public QCPAxisTicker {
protected:
    QVector<double> createTickVector(double, const QCPRange& range) override {
        const double lower = std::max(range.lower, 1e-300);
        QVector<double> all;
        for (int decade = static_cast<int>(std::floor(std::log10(lower))); std::pow(10, decade) <= range.upper;
             ++decade) {
            for (const double digit : {1.0, 2.0, 5.0}) {
                all.append(digit * std::pow(10.0, decade));
            }
        }
        const double decades = std::log10(range.upper / lower);
        if (decades > 4) { // only powers of ten
            QVector<double> tens;
            for (qsizetype i = 0; i < all.size(); i += 3) {
                tens.append(all[i]);
            }
            return tens;
        }
        if (decades < 0.5) { // finer than 1-2-5
            all.clear();
            const double unit = std::pow(10.0, std::floor(std::log10(range.upper - lower)));
            const double step = (range.upper - lower) / unit < 2.5 ? unit / 2 : unit;
            for (double v = std::ceil(lower / step) * step; v <= range.upper; v += step) {
                all.append(v);
            }
        }
        return all;
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return AxisTicker::shortNumber(tick); }
};

} // namespace fettle::ui
