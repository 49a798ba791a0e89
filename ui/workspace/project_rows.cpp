#include "workspace/project_rows.h"

#include "bridge/strings.h"
#include "data/encode_sample.h"
#include "project/row_findings.h"
#include "train/model_text.h"
#include "train/run_service.h"
#include "workspace/token_counter.h"
#include "workspace/workspace.h"

#include <QPointer>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::EditDone;
using project::RowJobProgress;
using project::RowStore;
using project::StoreChange;

namespace {
constexpr int kCountPauseMs = 300;
}

ProjectRows::ProjectRows(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this) {
    m_countPause.setSingleShot(true);
    m_countPause.setInterval(kCountPauseMs);
    connect(&m_countPause, &QTimer::timeout, this, [this] {
        if (m_countAgain) {
            count();
        }
    });
    connect(&workspace, &Workspace::projectChanged, this, &ProjectRows::open);
    connect(&workspace, &Workspace::recipeChanged, this, &ProjectRows::prepareCounter);
}

ProjectRows::~ProjectRows() {
    if (m_project != nullptr) {
        m_project->rows().setListener({});
    }
}

RowStore* ProjectRows::store() const {
    return m_project == nullptr ? nullptr : &m_project->rows();
}

QString ProjectRows::readOnlyReason() const {
    return m_project == nullptr ? QString() : qs(m_project->rows().readOnlyReason());
}

void ProjectRows::open() {
    if (m_project == m_workspace.project()) {
        return;
    }
    if (m_project != nullptr) {
        m_project->rows().setListener({});
        if (m_bulk != nullptr) {
            m_bulk->cancel();
        }
    }
    ++m_generation;
    m_project = m_workspace.project();
    m_facts = {};
    m_undo = {};
    m_job = {};
    m_bulk.reset();
    m_bulkProgress.reset();
    m_counterKey.clear();
    if (m_acrossJob != nullptr) {
        m_acrossJob->cancel();
        m_acrossJob.reset();
    }
    m_across.reset();
    m_counting = false;
    m_countAgain = false;
    m_countPause.stop();
    if (m_project != nullptr) {
        RowStore& rows = m_project->rows();
        // Changes that come faster than they are looked at become one.
        struct Waiting {
            Mutex mutex;
            StoreChange change FETTLE_GUARDED_BY(mutex);
            bool pending FETTLE_GUARDED_BY(mutex) = false;
        };
        auto waiting = std::make_shared<Waiting>(); // shared with the store's writer
        rows.setListener([this, waiting, post = m_courier.sender(), generation = m_generation](const StoreChange& now) {
            MutexLock lock(waiting->mutex);
            StoreChange& sum = waiting->change;
            if (!waiting->pending) {
                sum = now;
            } else {
                sum.changeNumber = now.changeNumber;
                sum.many = sum.many || now.many || sum.rows.size() + now.rows.size() > 256;
                sum.rows.insert(sum.rows.end(), now.rows.begin(), now.rows.end());
                if (sum.many) {
                    sum.rows.clear();
                }
                sum.content = sum.content || now.content;
                sum.order = sum.order || now.order;
                sum.derived = sum.derived || now.derived;
                sum.journal = sum.journal || now.journal;
                sum.labels = sum.labels || now.labels;
                sum.versions = sum.versions || now.versions;
                return;
            }
            waiting->pending = true;
            post([this, waiting, generation] {
                StoreChange change;
                {
                    MutexLock inner(waiting->mutex);
                    change = std::move(waiting->change);
                    waiting->pending = false;
                }
                if (generation != m_generation) {
                    return;
                }
                if (change.journal) {
                    refreshUndo();
                }
                if (change.content || change.order || change.derived) {
                    count();
                }
                Q_EMIT changed(change);
            });
        });
        refreshUndo();
    }
    Q_EMIT opened(); // what a table shows is asked for first, then the counts of all rows
    count();
    prepareCounter();
}

void ProjectRows::count() {
    if (m_project == nullptr) {
        return;
    }
    if (m_counting || m_countPause.isActive()) {
        m_countAgain = true;
        return;
    }
    m_countAgain = false;
    m_counting = true;
    m_project->rows().counts(project::ReadSlot::Other, {},
                             answer<project::RowCounts>(this, [this](Result<project::RowCounts> counted) {
                                 m_counting = false;
                                 if (counted) {
                                     m_facts.known = true;
                                     m_facts.counts = std::move(counted).value();
                                     Q_EMIT factsChanged();
                                 } else if (counted.error().code != ErrorCode::Cancelled) {
                                     Q_EMIT failed(tr("Counting rows"), counted.error());
                                 }
                                 m_countPause.start();
                             }));
}

void ProjectRows::refreshUndo() {
    if (m_project != nullptr) {
        m_undo = m_project->rows().undoState();
        Q_EMIT undoChanged();
    }
}

std::shared_ptr<jobs::JobHandle> ProjectRows::submit(const std::string& name,
                                                     std::function<Result<void>(RowStore&, jobs::JobContext&)> work,
                                                     std::function<void(const Result<void>&)> done) {
    if (m_project == nullptr) {
        return nullptr;
    }
    return m_workspace.jobs().submit([project = m_project, work = std::move(work)](
                                         jobs::JobContext& context) { return work(project->rows(), context); },
                                     {.name = name, .lane = {}, .onProgress = {}, .onDone = std::move(done)});
}

void ProjectRows::apply(project::EditStep step, EditTaken done, EditWrong wrong) {
    if (m_project == nullptr) {
        return;
    }
    const QString label = qs(step.label);
    m_project->rows().apply(std::move(step),
                            answer<EditDone>(this, [this, label, done = std::move(done),
                                                    wrong = std::move(wrong)](Result<EditDone> result) {
                                refreshUndo();
                                if (!result) {
                                    if (wrong) {
                                        wrong(result.error());
                                    } else {
                                        Q_EMIT failed(label, result.error());
                                    }
                                    return;
                                }
                                if (done) {
                                    done(result.value());
                                }
                                if (result->rows > 0) {
                                    Q_EMIT edited(label, result->rows);
                                }
                            }));
}

void ProjectRows::applyBulk(project::BulkEdit edit, EditTaken done) {
    if (m_project == nullptr) {
        return;
    }
    const QString label = qs(edit.label);
    if (m_bulk != nullptr) { // one at a time; nothing is dropped in silence
        Q_EMIT failed(label, makeError(ErrorCode::Busy, "many rows are being changed", "Try again when that is done."));
        return;
    }
    m_bulkProgress = 0;
    Q_EMIT bulkChanged();
    m_bulk = m_project->rows().applyBulk(
        std::move(edit),
        [this, post = m_courier.sender(), generation = m_generation](double fraction) {
            post([this, generation, fraction] {
                if (generation == m_generation && m_bulkProgress) {
                    m_bulkProgress = fraction;
                    Q_EMIT bulkChanged();
                }
            });
        },
        answer<EditDone>(this, [this, label, done = std::move(done)](Result<EditDone> result) {
            m_bulk.reset();
            m_bulkProgress.reset();
            refreshUndo();
            Q_EMIT bulkChanged();
            if (!result) {
                if (result.error().code != ErrorCode::Cancelled) {
                    Q_EMIT failed(label, result.error());
                }
                return;
            }
            if (done) {
                done(result.value());
            }
            Q_EMIT edited(label, result->rows);
        }));
}

void ProjectRows::cancelBulk() {
    if (m_bulk != nullptr) {
        m_bulk->cancel();
    }
}

void ProjectRows::undo() {
    if (m_project == nullptr || m_undo.undoLabel.empty() || !m_undo.blockedBy.empty()) {
        return;
    }
    const QString label = qs(m_undo.undoLabel);
    m_project->rows().undo(answer<EditDone>(this, [this, label](Result<EditDone> result) {
        refreshUndo();
        if (result) {
            Q_EMIT undone(label, result->rows);
        } else {
            Q_EMIT failed(tr("Undo: %1").arg(label), result.error());
        }
    }));
}

void ProjectRows::redo() {
    if (m_project == nullptr || m_undo.redoLabel.empty() || !m_undo.blockedBy.empty()) {
        return;
    }
    const QString label = qs(m_undo.redoLabel);
    m_project->rows().redo(answer<EditDone>(this, [this, label](Result<EditDone> result) {
        refreshUndo();
        if (result) {
            Q_EMIT redone(label, result->rows);
        } else {
            Q_EMIT failed(tr("Redo: %1").arg(label), result.error());
        }
    }));
}

void ProjectRows::pauseJob() {
    if (m_project != nullptr) {
        m_project->rows().pauseJob();
        m_job = m_project->rows().jobProgress();
        Q_EMIT jobChanged();
    }
}

void ProjectRows::resumeJob() {
    if (m_project == nullptr) {
        return;
    }
    m_project->rows().startJob(
        [this, post = m_courier.sender(), generation = m_generation](const RowJobProgress& progress) {
            post([this, generation, progress] {
                if (generation == m_generation) {
                    const bool done = progress.upToDate && !m_job.upToDate;
                    m_job = progress;
                    if (done) {
                        findAcross();
                    }
                    Q_EMIT jobChanged();
                }
            });
        });
}

void ProjectRows::findAcross() {
    if (m_project == nullptr || m_acrossJob != nullptr || !readOnlyReason().isEmpty()) {
        return;
    }
    m_across = 0;
    Q_EMIT jobChanged();
    using Found = project::SetFindings;
    m_acrossJob = ask<Found>(
        "look for duplicates and leaks", this,
        [post = m_courier.sender(), this, generation = m_generation](RowStore& rows, jobs::JobContext& context) {
            project::SetFindingOptions options;
            options.stop = context.stopToken();
            options.progress = [post, this, generation](double fraction) {
                post([this, generation, fraction] {
                    if (generation == m_generation && m_across) {
                        m_across = fraction;
                        Q_EMIT jobChanged();
                    }
                });
            };
            return project::findAcrossRows(rows, options);
        },
        [this](Result<Found> found) {
            m_acrossJob.reset();
            m_across.reset();
            if (!found && found.error().code != ErrorCode::Cancelled) {
                Q_EMIT failed(tr("Looking for duplicates"), found.error());
            }
            Q_EMIT jobChanged();
        });
}

void ProjectRows::prepareCounter() {
    if (m_project == nullptr) {
        return;
    }
    const recipe::Recipe recipe = m_workspace.recipe();
    const std::string key = counterKey(recipe);
    if (key == m_counterKey) {
        return;
    }
    const bool first = m_counterKey.empty();
    m_counterKey = key;
    if (m_counterJob != nullptr) {
        m_counterJob->cancel();
    }
    if (first) {
        m_project->rows().setRowChecker(project::standardRowChecker());
    }
    // The tokenizer takes a while to open. Where there is none (no model yet), everything but tokens is done.
    m_counterJob = ask<project::TokenCounter>(
        "open the tokenizer", this,
        [recipe, key, folder = m_project->folder()](RowStore&, jobs::JobContext&) {
            return tokenCounter(recipe, folder, key);
        },
        [this, key](Result<project::TokenCounter> counter) {
            if (m_project == nullptr || key != m_counterKey) {
                return;
            }
            if (counter) {
                m_project->rows().setTokenCounter(std::move(counter).value());
            }
            resumeJob();
        });
}

} // namespace fettle::ui
