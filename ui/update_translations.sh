#!/usr/bin/env bash
# Brings resources/i18n up to date with the texts in ui/, app/ and the tables of recipe fields, checks and export formats. New messages appear as unfinished in fettle_zh_CN.ts: translate them (tests/ui/test_translations fails until then).
set -eu
cd "$(dirname "$0")/.."
lupdate=$(command -v /usr/lib/qt6/bin/lupdate || command -v lupdate6 || command -v lupdate)
"$lupdate" -silent -no-obsolete -locations none -tr-function-alias QT_TRANSLATE_NOOP+=FETTLE_TEXT ui app core/recipe core/data/check_codes.cpp core/data/export_formats.cpp -ts resources/i18n/fettle_zh_CN.ts -target-language zh_CN
"$lupdate" -silent -no-obsolete -locations none -pluralonly ui app -ts resources/i18n/fettle_en.ts -target-language en
