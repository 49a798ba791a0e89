// qcustomplot.h uses the keywords signals, slots, emit and foreach, which QT_NO_KEYWORDS takes away: they are lent to
// it here and nowhere else.
#pragma once

#include <QObject>

#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef emit
#undef foreach
