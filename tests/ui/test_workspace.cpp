// The workspace and Home's presenter without a window: projects, import, runs with a scripted trainer, settings.
#include "ui_fixture.h"

#include <QFile>
#include <QSignalSpy>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

class TestWorkspace : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        failOnMessages();
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    }

    void fileBecomesAProject() {
        WorkspaceFixture f;
        QSignalSpy imported(f.workspace.get(), &Workspace::imported);
        f.workspace->createFromFile(f.rowsFile(40, 3));
        QVERIFY(!f.workspace->busyWith().isEmpty());
        QTRY_COMPARE(imported.size(), 1);
        const auto outcome = imported.first().first().value<ImportOutcome>();
        QCOMPARE(outcome.goodRows, std::int64_t{40});
        QCOMPARE(outcome.rows, std::int64_t{43});
        QCOMPARE(outcome.faultCount, std::int64_t{3});
        QVERIFY2(outcome.faults.at(0).find("line 41") != std::string::npos, outcome.faults.at(0).c_str());
        QVERIFY(f.workspace->busyWith().isEmpty());
        QCOMPARE(f.workspace->projectName(), u"my rows"_s);
        QVERIFY(f.workspace->projectFolder().endsWith(u"/my-rows"));
        QTRY_COMPARE(f.workspace->dataCounts().train.value_or(-1), std::int64_t{40});
        QVERIFY(!f.workspace->dataCounts().validation.has_value());
        QCOMPARE(f.workspace->recipe().data.train, std::vector<std::string>{"project:train"});
        QVERIFY(!f.workspace->recipe().model.empty());
        QTRY_COMPARE(f.workspace->recent().size(), 1);
        // The same file again gets a folder of its own.
        f.workspace->createFromFile(f.rowsFile(40, 0));
        QTRY_VERIFY(f.workspace->projectFolder().endsWith(u"/my-rows-2"));
    }

    void fileWithoutGoodRowsLeavesNothing() {
        WorkspaceFixture f;
        QSignalSpy failed(f.workspace.get(), &Workspace::failed);
        QSignalSpy unclear(f.workspace.get(), &Workspace::importUnclear);
        f.workspace->createFromFile(f.rowsFile(0, 4, u"bad.jsonl"_s));
        QTRY_COMPARE(unclear.size(), 1); // its columns may have other names: the window offers to choose them
        QVERIFY(!f.workspace->hasProject());
        QVERIFY(!folderExists(f.workspace->options().projectsFolder + "/bad"));
        f.workspace->createFromFile(f.folder.filePath(u"none.jsonl"_s));
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.last().at(1).value<Error>().code, ErrorCode::NotFound);
        QVERIFY(!folderExists(f.workspace->options().projectsFolder + "/none"));
    }

    void runGoesFromStartToSuccess() {
        WorkspaceFixture f(script(12, 5));
        QVERIFY(f.openRows());
        QSignalSpy started(f.workspace.get(), &Workspace::runStarted);
        QSignalSpy ended(f.workspace.get(), &Workspace::runEnded);
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(started.size(), 1);
        const QString folder = started.first().first().toString();
        QCOMPARE(f.workspace->shownRun(), folder);
        QTRY_COMPARE(ended.size(), 1);
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QTRY_VERIFY(f.workspace->series(folder) != nullptr);
        QTRY_COMPARE(f.workspace->series(folder)->step.size(), 12);
        QCOMPARE(f.workspace->series(folder)->loss.first(), train::fakeLoss(1));
        QVERIFY(!f.workspace->series(folder)->evalLoss.isEmpty());
        QVERIFY(f.workspace->runs().rows().first().what.contains(u"rank 16"));
    }

    void runIsPausedResumedStoppedAndContinued() {
        WorkspaceFixture f(script(400, 10));
        QVERIFY(f.openRows());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Running);
        const QString folder = f.newestRun();
        QTRY_VERIFY(f.workspace->runs().find(folder)->owned);
        f.workspace->pauseRun(folder);
        QTRY_COMPARE(f.newestState(), RunState::Paused);
        f.workspace->resumeRun(folder);
        QTRY_COMPARE(f.newestState(), RunState::Running);
        f.workspace->stopRun(folder);
        QTRY_COMPARE(f.newestState(), RunState::Stopped);
        const std::int64_t at = f.workspace->runs().find(folder)->summary.lastCheckpointStep;
        QVERIFY(at > 0);
        QTRY_VERIFY(!f.workspace->hasActiveRuns());
        f.workspace->continueRun(folder);
        QTRY_COMPARE(f.newestState(), RunState::Running);
        QTRY_VERIFY(f.workspace->runs().find(folder)->summary.step > at);
        QTRY_VERIFY(f.workspace->series(folder) != nullptr && !f.workspace->series(folder)->step.isEmpty());
        const Column steps = f.workspace->series(folder)->step;
        QVERIFY(std::adjacent_find(steps.begin(), steps.end(), std::greater_equal<>()) == steps.end()); // no step twice
        f.workspace->abortRun(folder);
        QTRY_COMPARE(f.newestState(), RunState::Aborted);
    }

    void divergedRunNamesItsReason() {
        WorkspaceFixture f(script(30, 0, 7));
        QVERIFY(f.openRows());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Failed);
        QTRY_COMPARE(QString::fromStdString(f.workspace->runs().rows().first().summary.reason), u"non_finite_loss"_s);
    }

    void closingStopsRunsAndKeepsThem() {
        QString folder;
        QTemporaryDir kept;
        {
            WorkspaceFixture f(script(100000, 5));
            QVERIFY(f.openRows());
            f.workspace->startRun(f.workspace->recipe());
            QTRY_COMPARE(f.newestState(), RunState::Running);
            folder = f.newestRun();
            QTRY_VERIFY(f.workspace->runs().find(folder)->summary.step > 0);
            f.workspace.reset(); // stops, saves, joins
            const Result<run::RunSummary> summary = run::summarise(us(folder));
            QVERIFY(summary.ok());
            QCOMPARE(summary.value().state, RunState::Stopped);
            QVERIFY(summary.value().lastCheckpointStep > 0);
        }
    }

    void startFailureIsTold() {
        WorkspaceFixture f;
        QVERIFY(f.openRows());
        QSignalSpy failed(f.workspace.get(), &Workspace::failed);
        recipe::Recipe recipe = f.workspace->recipe();
        recipe.model = "/no/such/model.gguf";
        f.workspace->startRun(recipe);
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(f.workspace->runs().rows().isEmpty());
    }

    void runsOfAnotherProcessAppear() {
        WorkspaceFixture f;
        QVERIFY(f.openRows());
        const std::string folder = us(f.workspace->projectFolder()) + "/runs/run-0005";
        QVERIFY(makeFolders(us(f.workspace->projectFolder()) + "/runs").ok());
        QVERIFY(run::createRunFolder(folder, "By hand", Json::object()).ok());
        {
            Result<std::unique_ptr<run::RunWriter>> writer = run::RunWriter::open(folder);
            QVERIFY(writer.ok());
            QVERIFY(
                writer.value()
                    ->publish(run::StateChanged{
                        .state = RunState::Queued, .reason = {}, .fromStep = {}, .step = {}, .rows = {}, .message = {}})
                    .ok());
            QVERIFY(writer.value()
                        ->publish(run::StateChanged{.state = RunState::Starting,
                                                    .reason = {},
                                                    .fromStep = {},
                                                    .step = {},
                                                    .rows = {},
                                                    .message = {}})
                        .ok());
            QTRY_COMPARE_WITH_TIMEOUT(f.newestState(), RunState::Starting, 6000); // found by looking
            QVERIFY(!f.workspace->runs().rows().first().owned);
        }
        QTRY_COMPARE_WITH_TIMEOUT(f.newestState(), RunState::Interrupted, 6000); // its owner has gone
        f.workspace->deleteRun(qs(folder));
        QTRY_VERIFY(f.workspace->runs().rows().isEmpty());
        QVERIFY(!folderExists(folder));
    }

    void sampleOpensAndNothingOfItNeedsADecision() {
        WorkspaceFixture f;
        QSignalSpy failed(f.workspace.get(), &Workspace::failed);
        f.workspace->openSample();
        QTRY_VERIFY(f.workspace->hasProject() || !failed.isEmpty());
        QVERIFY2(failed.isEmpty(), failed.isEmpty() ? "" : failed.first().at(1).value<Error>().text().c_str());
        QTRY_VERIFY(f.workspace->dataCounts().train.value_or(0) > 0);
        QVERIFY(!f.workspace->recipeFault().has_value());
    }

    void namesBecomeFreeFolders() {
        QTemporaryDir folder;
        const std::string parent = us(folder.path());
        QCOMPARE(Workspace::freeFolder(parent, "My rows!"), parent + "/My-rows");
        QVERIFY(makeFolders(parent + "/a").ok());
        QCOMPARE(Workspace::freeFolder(parent, "a"), parent + "/a-2");
        QCOMPARE(Workspace::freeFolder(parent, "../../etc"), parent + "/etc");
        QCOMPARE(Workspace::freeFolder(parent, "///"), parent + "/project");
        QCOMPARE(Workspace::freeFolder(parent, "数据"), parent + "/数据");
    }

    void firstRecipeFitsItsData() {
        QCOMPARE(Workspace::firstRecipe("m", 1000).training.batchTokens, std::int64_t{512});
        QCOMPARE(Workspace::firstRecipe("m", 100'000'000).training.batchTokens, std::int64_t{4096});
        const std::int64_t middle = Workspace::firstRecipe("m", 400'000).training.batchTokens;
        QVERIFY(middle > 512 && middle < 4096);
    }

    void homeSaysOnlyWhatIsKnown() {
        WorkspaceFixture f;
        HomePresenter home(*f.workspace);
        HomeState state = home.state();
        QVERIFY(!state.current.has_value());
        QCOMPARE(state.machine.size(), 4);
        QCOMPARE(state.machine.at(3).second, u"–"_s); // nothing measured yet
        QVERIFY(f.openRows(40));
        state = home.state();
        QVERIFY(state.current.has_value());
        QCOMPARE(state.current->facts.at(0).second, u"40"_s);
        QCOMPARE(state.current->facts.last().second, u"–"_s);
        QVERIFY(state.current->run.isEmpty());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        state = home.state();
        QVERIFY(!state.current->run.isEmpty());
        QVERIFY(state.current->facts.last().second != u"–"_s);
        QVERIFY(state.machine.at(3).second.contains(u"tokens/s"));
        Column x;
        Column y;
        QTRY_VERIFY((home.curve(x, y), x.size() == 20));
    }

    void dropsAreChecked() {
        WorkspaceFixture f;
        HomePresenter home(*f.workspace);
        QVERIFY(!home.refuseDrop({}).isEmpty());
        QVERIFY(!home.refuseDrop({u"/a"_s, u"/b"_s}).isEmpty());
        QVERIFY(!home.refuseDrop({u"/no/such"_s}).isEmpty());
        QVERIFY(!home.refuseDrop({f.folder.path()}).isEmpty());
        QVERIFY(home.refuseDrop({f.rowsFile(1, 0)}).isEmpty());
        QVERIFY(!HomePresenter::nameFault(u"  "_s).isEmpty());
        QVERIFY(HomePresenter::nameFault(u"Debian sections"_s).isEmpty());
    }

    void settingsKeepTypesAndSurviveNonsense() {
        QTemporaryDir folder;
        const QString file = folder.filePath(u"deep/er/studio.ini"_s);
        {
            Settings settings(file);
            QSignalSpy changed(&settings, &Settings::changed);
            settings.setScheme(SchemeChoice::Dark);
            settings.setPointSize(99);
            settings.setDensity(Density::Compact);
            QCOMPARE(changed.size(), 3);
            settings.overrideValue(Setting::LookLanguage, u"zh_CN"_s);
            QVERIFY(settings.overridden(Setting::LookLanguage));
        }
        Settings settings(file);
        QCOMPARE(settings.scheme(), SchemeChoice::Dark);
        QCOMPARE(settings.pointSize(), 20);
        QCOMPARE(settings.density(), Density::Compact);
        QCOMPARE(settings.language(), u"auto"_s); // what the command line said was not written
        settings.setValue(Setting::LookTheme, u"purple"_s);
        settings.setValue(Setting::LookPointSize, u"huge"_s);
        QCOMPARE(settings.scheme(), SchemeChoice::System);
        QCOMPARE(settings.pointSize(), 0);
        settings.reset(SettingGroup::Look);
        QCOMPARE(settings.density(), Density::Comfortable);
        QCOMPARE(settingTable().size(), static_cast<std::size_t>(Setting::Count));
    }
};

QTEST_MAIN(TestWorkspace)
#include "test_workspace.moc"
