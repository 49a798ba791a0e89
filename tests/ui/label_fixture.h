// What tests of the labeling queue share: a project with rows whose texts say what they are, and a presenter on it.
#pragma once

#include "base/files.h"
#include "bridge/strings.h"
#include "label/label_presenter.h"
#include "project/project.h"
#include "project/row_store.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace fettle::ui {

inline constexpr std::array kSections = {"utils", "libs", "devel", "net", "gnome", "admin", "web", "science", "perl"};

/// Row i (from 0): a description, answered with section i mod 9.
[[nodiscard]] inline std::string sectionRow(int i) {
    const std::string number = std::to_string(i);
    return R"({"messages":[{"role":"user","content":"package )" + number + R"(\nA program that does thing number )" +
           number + R"( for people who need it."},{"role":"assistant","content":")" +
           kSections[static_cast<std::size_t>(i) % kSections.size()] + "\"}]}\n";
}

[[nodiscard]] inline std::string pairRow(int i) {
    const std::string number = std::to_string(i);
    return R"({"prompt":"question )" + number + R"(","chosen":"good )" + number + R"(","rejected":"bad )" + number +
           "\"}\n";
}

[[nodiscard]] inline project::LabelSet sectionLabels() {
    project::LabelSet out;
    out.question = "which section?";
    out.guideline = "# Sections\nChoose by *purpose*, not by the toolkit.";
    for (const char* name : kSections) {
        out.labels.push_back({name, "", 0});
    }
    return out;
}

class LabelFixture {
public:
    template <class Row>
    LabelFixture(int rows, Row line) {
        const std::string at = us(m_folder.filePath(QStringLiteral("project")));
        auto made = project::Project::create(at, "Sections");
        if (!made) {
            qFatal("%s", made.error().text().c_str());
        }
        m_project = std::move(made).value();
        std::string text;
        for (int i = 0; i < rows; ++i) {
            text += line(i);
        }
        const std::string file = us(m_folder.filePath(QStringLiteral("rows.jsonl")));
        (void)writeFileAtomic(file, text);
        project::ImportRequest request;
        request.path = file;
        const auto done = store().import(request);
        if (!done || done->rows != rows) {
            qFatal("import: %s", done ? "rows" : done.error().text().c_str());
        }
        if (!store().setLabelSet(sectionLabels())) {
            qFatal("labels");
        }
        openPresenter();
    }
    ~LabelFixture() { close(); }

    [[nodiscard]] project::RowStore& store() const { return m_project->rows(); }
    [[nodiscard]] LabelPresenter& presenter() const { return *m_presenter; }
    [[nodiscard]] const std::shared_ptr<project::Project>& project() const { return m_project; }

    /// As after a restart of the program.
    void reopen() {
        const std::string at = m_project->folder();
        close();
        auto opened = project::Project::open(at);
        if (!opened) {
            qFatal("%s", opened.error().text().c_str());
        }
        m_project = std::move(opened).value();
        openPresenter();
    }
    [[nodiscard]] bool shows() const {
        return QTest::qWaitFor([this] { return m_presenter->state().phase == LabelState::Phase::Row; }, 10'000);
    }
    [[nodiscard]] bool idle() const {
        return QTest::qWaitFor(
            [this] {
                const LabelState state = m_presenter->state();
                return !state.saving && !state.reading;
            },
            10'000);
    }
    /// Presses and waits until the next row shows, or none is left.
    [[nodiscard]] bool decide(LabelAct::Kind kind, const QString& value = {}) const {
        const project::RowId before = m_presenter->row();
        m_presenter->press({kind, value});
        return QTest::qWaitFor(
            [&] {
                const LabelState state = m_presenter->state();
                return !state.saving && !state.reading &&
                       (state.phase == LabelState::Phase::AllDecided || m_presenter->row() != before);
            },
            10'000);
    }
    [[nodiscard]] project::RowDetails row(project::RowId id) const {
        auto details = store().details(id);
        if (!details) {
            qFatal("%s", details.error().text().c_str());
        }
        return std::move(details).value();
    }
    [[nodiscard]] std::string hash() const { return store().contentHash().valueOr("?"); }

private:
    void openPresenter() {
        m_presenter = std::make_unique<LabelPresenter>();
        auto* presenter = m_presenter.get();
        store().setListener([presenter](const project::StoreChange& change) {
            QMetaObject::invokeMethod(
                presenter, [presenter, change] { presenter->storeChanged(change); }, Qt::QueuedConnection);
        });
        m_presenter->setProject(m_project);
        m_presenter->enter();
    }
    void close() {
        if (m_project != nullptr) {
            store().setListener({});
        }
        m_presenter.reset();
        m_project.reset();
    }

    QTemporaryDir m_folder;
    std::shared_ptr<project::Project> m_project;
    std::unique_ptr<LabelPresenter> m_presenter;
};

} // namespace fettle::ui
