#include "data/import_presenter.h"

#include "base/files.h"
#include "bridge/strings.h"
#include "workspace/workspace.h"

#include <QFileInfo>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::ColumnRole;
using project::ImportDifference;
using project::ImportDone;
using project::ImportPreview;
using project::ImportProgress;

namespace {

constexpr int kPauseMs = 150; // between a change of the mapping and its preview

int plural(std::int64_t rows) {
    return static_cast<int>(std::min<std::int64_t>(rows, 1'000'000'000));
}

std::string csvCell(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        out += c;
        if (c == '"') {
            out += '"';
        }
    }
    return out + "\"";
}

} // namespace

ImportPresenter::ImportPresenter(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_rows(workspace.rows()) {
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &ImportPresenter::look);
    connect(&m_rows, &ProjectRows::opened, this, &ImportPresenter::close);
}

ImportPresenter::~ImportPresenter() {
    if (m_job != nullptr) {
        m_job->cancel();
    }
}

QStringList ImportPresenter::formats() {
    return {u"auto"_s,     u"chat"_s, u"prompt_completion"_s, u"alpaca"_s, u"sharegpt"_s, u"preference"_s,
            u"feedback"_s, u"text"_s, u"prompt_only"_s,       u"csv"_s,    u"tsv"_s,      u"ids"_s};
}

void ImportPresenter::close() {
    ++m_question;
    if (m_job != nullptr) {
        m_job->cancel();
        m_job.reset();
    }
    if (m_comparing != nullptr) {
        m_comparing->cancel();
        m_comparing.reset();
    }
    m_request = {};
    m_preview.reset();
    m_difference.reset();
    m_done.reset();
    m_progress.reset();
    m_error.reset();
    m_known = false;
    Q_EMIT changed();
    Q_EMIT previewChanged();
}

void ImportPresenter::open(const QString& path) {
    if (m_importing != nullptr) {
        return; // one at a time: the one that runs shows
    }
    close();
    m_request.path = us(path);
    look();
}

void ImportPresenter::setFormat(const QString& format) {
    m_request.format = us(format);
    m_request.mapping.clear();
    look();
}

void ImportPresenter::setRole(int column, ColumnRole role) {
    if (!m_preview || column < 0 || column >= static_cast<int>(m_preview->columns.size())) {
        return;
    }
    if (role == ColumnRole::None) { // the format knows its own keys: no mapping at all
        m_request.mapping.clear();
        m_pause.start();
        Q_EMIT changed();
        return;
    }
    if (m_request.mapping.empty()) {
        m_request.mapping = m_preview->columns;
    }
    m_request.mapping[static_cast<std::size_t>(column)].role = role;
    m_preview->columns[static_cast<std::size_t>(column)].role = role;
    m_pause.start();
    Q_EMIT changed();
}

void ImportPresenter::setSplit(project::Split split) {
    m_request.split = split;
    Q_EMIT changed();
}

void ImportPresenter::setGone(project::ImportRequest::Gone gone) {
    m_request.gone = gone;
    Q_EMIT changed();
}

void ImportPresenter::look() {
    m_pause.stop();
    if (m_job != nullptr) {
        m_job->cancel();
    }
    const std::uint64_t mine = ++m_question;
    m_error.reset();
    m_difference.reset();
    m_job = m_rows.ask<ImportPreview>(
        "look at a file", this,
        [request = m_request](project::RowStore&, jobs::JobContext& context) {
            return project::previewImport(request, context.stopToken());
        },
        [this, mine](Result<ImportPreview> preview) {
            if (mine != m_question) {
                return;
            }
            m_job.reset();
            if (preview) {
                m_preview = std::move(preview).value();
                if (m_preview->problem.empty()) {
                    compare();
                }
            } else if (preview.error().code != ErrorCode::Cancelled) {
                m_preview.reset();
                m_error = preview.error();
            }
            Q_EMIT changed();
            Q_EMIT previewChanged();
        });
    Q_EMIT changed();
}

void ImportPresenter::compare() {
    if (m_comparing != nullptr) {
        m_comparing->cancel();
    }
    const std::uint64_t mine = m_question;
    m_comparing = m_rows.store()->compareFile(
        m_request, m_rows.answer<ImportDifference>(this, [this, mine](Result<ImportDifference> difference) {
            if (mine == m_question) {
                m_comparing.reset();
                if (difference) {
                    m_difference = difference.value();
                    m_known = m_difference->same + m_difference->changed + m_difference->removed > 0;
                }
                Q_EMIT changed();
            }
        }));
}

void ImportPresenter::start() {
    if (!state().canImport || m_rows.store() == nullptr) {
        return;
    }
    if (m_comparing != nullptr) {
        m_comparing->cancel();
        m_comparing.reset();
    }
    m_progress = ImportProgress{};
    m_done.reset();
    m_error.reset();
    const QString name = QFileInfo(qs(m_request.path)).fileName();
    project::ImportRequest request = m_request;
    request.label = us(tr("Import %1").arg(name));
    m_importing = m_rows.store()->import(
        std::move(request),
        [this, post = m_rows.sender(), generation = m_rows.generation()](const ImportProgress& progress) {
            post([this, generation, progress] {
                if (generation == m_rows.generation() && m_importing != nullptr) {
                    m_progress = progress;
                    Q_EMIT changed();
                }
            });
        },
        m_rows.answer<ImportDone>(this, [this](Result<ImportDone> done) {
            m_importing.reset();
            m_progress.reset();
            if (done) {
                m_done = std::move(done).value();
                Q_EMIT changed();
                Q_EMIT imported(*m_done);
            } else {
                if (done.error().code != ErrorCode::Cancelled) {
                    m_error = done.error();
                }
                Q_EMIT changed();
            }
        }));
    Q_EMIT changed();
}

void ImportPresenter::cancel() {
    if (m_importing != nullptr) {
        m_importing->cancel();
    }
}

void ImportPresenter::saveList(const QString& path) {
    if (m_done) {
        m_rows.ask<std::int64_t>(
            "save rejected rows", this,
            [source = m_done->source, path = us(path)](project::RowStore& rows, jobs::JobContext&) {
                return rows.saveRejectedRows(source, path);
            },
            [this, path](Result<std::int64_t> saved) {
                if (saved) {
                    Q_EMIT listSaved(path, saved.value());
                } else {
                    Q_EMIT failed(tr("Saving the list"), saved.error());
                }
            });
        return;
    }
    if (!m_preview) {
        return;
    }
    // Before the import the faults of the whole file are read again: the preview stops early in a large one.
    m_rows.ask<std::int64_t>(
        "list the faults", this,
        [request = m_request, path = us(path)](project::RowStore&, jobs::JobContext& context) -> Result<std::int64_t> {
            data::ImportOptions options;
            options.format = request.format;
            options.stop = context.stopToken();
            FETTLE_TRY_VALUE(const data::ImportReport report,
                             data::importRows(request.path, options, [](data::Sample&&) { return true; }));
            std::string text = "line,key,code,reason\r\n";
            std::int64_t rows = 0;
            for (const data::RowFault& fault : report.faults) {
                if (fault.severity == data::Severity::Error) {
                    text += std::to_string(fault.line) + "," + csvCell(fault.key) + "," + csvCell(fault.code) + "," +
                            csvCell(fault.reason) + "\r\n";
                    ++rows;
                }
            }
            FETTLE_TRY(writeFileAtomic(path, text));
            return rows;
        },
        [this, path](Result<std::int64_t> saved) {
            if (saved) {
                Q_EMIT listSaved(path, saved.value());
            } else {
                Q_EMIT failed(tr("Saving the list"), saved.error());
            }
        });
}

ImportState ImportPresenter::state() const {
    ImportState out;
    using Phase = ImportState::Phase;
    if (m_request.path.empty()) {
        return out;
    }
    out.path = qs(m_request.path);
    out.file = QFileInfo(out.path).fileName();
    out.known = m_known;
    const QString readOnly = m_rows.readOnlyReason();
    if (m_preview) {
        const ImportPreview& seen = *m_preview;
        QStringList facts{seen.format.empty() ? tr("format not known") : qs(seen.format), qs(seen.encoding)};
        facts.removeAll(QString());
        facts << Format::bytes(seen.bytes);
        if (seen.whole) {
            facts << tr("%1 row(s)", nullptr, plural(seen.rows)).arg(Format::exactCount(seen.rows));
        } else {
            facts << tr("the first %1 row(s) were looked at", nullptr, plural(seen.rows))
                         .arg(Format::exactCount(seen.rows));
        }
        out.facts = facts.join(tr(", ", "between facts of a file"));
        const std::int64_t bad = seen.rows - seen.goodRows;
        if (bad > 0) {
            out.rejected = tr("%1 row(s) cannot be read", nullptr, plural(bad)).arg(Format::exactCount(bad));
            if (!seen.whole) {
                out.rejected = tr("%1 among the first rows").arg(out.rejected);
            }
        }
        out.button = seen.whole
                         ? tr("Import %1 row(s)", nullptr, plural(seen.goodRows)).arg(Format::exactCount(seen.goodRows))
                         : tr("Import the file");
        if (m_difference) {
            QStringList parts;
            const auto part = [&](std::int64_t rows, const QString& text) {
                if (rows > 0) {
                    parts << text.arg(Format::exactCount(rows));
                }
            };
            part(m_difference->added, tr("%1 new"));
            part(m_difference->changed, tr("%1 changed"));
            part(m_difference->same, tr("%1 same"));
            part(m_difference->removed, tr("%1 no longer in the file"));
            const std::int64_t good = m_difference->added + m_difference->changed + m_difference->same;
            out.counts =
                tr("%1 good row(s): %2", nullptr, plural(good)).arg(Format::exactCount(good), parts.join(u" · "_s));
            out.button = m_difference->added + m_difference->changed + m_difference->removed == 0 && good > 0
                             ? tr("Nothing to import")
                             : tr("Import %1 row(s)", nullptr, plural(good)).arg(Format::exactCount(good));
        } else if (seen.problem.empty()) {
            out.counts = m_comparing != nullptr ? tr("Comparing with the rows that are here…") : QString();
        }
        out.problem = qs(seen.problem);
        out.remedy = qs(seen.remedy);
    }
    if (m_importing != nullptr) {
        out.phase = Phase::Importing;
        const ImportProgress progress = m_progress.value_or(ImportProgress{});
        using At = ImportProgress::Phase;
        out.progress = progress.phase == At::Saving ? tr("Saving %1 rows").arg(Format::exactCount(progress.rows))
                       : progress.phase == At::Comparing
                           ? tr("Comparing %1 rows").arg(Format::exactCount(progress.rows))
                           : tr("%1 rows read").arg(Format::exactCount(progress.rows));
        if (progress.rejected > 0) {
            out.progress = tr("%1 · %2 cannot be read").arg(out.progress, Format::exactCount(progress.rejected));
        }
        if (progress.totalBytes > 0) {
            out.fraction = static_cast<double>(progress.bytes) / static_cast<double>(progress.totalBytes);
        }
        if (progress.secondsLeft >= 0) {
            out.timeLeft = tr("about %1 left").arg(Format::roughDuration(progress.secondsLeft));
        }
    } else if (m_error) {
        out.phase = Phase::Failed;
    } else if (m_done) {
        out.phase = Phase::Done;
    } else if (!m_preview) {
        out.phase = Phase::Looking;
    } else if (!m_preview->problem.empty()) {
        out.phase = Phase::Unusable;
    } else {
        out.phase = Phase::Ready;
        const bool nothing = m_difference && m_difference->added + m_difference->changed + m_difference->removed == 0;
        out.canImport = !nothing && readOnly.isEmpty();
    }
    return out;
}

} // namespace fettle::ui
