<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>fettle::ui::AdvancedForm</name>
    <message numerus="yes">
        <source>%Ln setting(s)</source>
        <translation>
            <numerusform>%Ln setting</numerusform>
            <numerusform>%Ln settings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln changed</source>
        <translation>
            <numerusform>%Ln changed</numerusform>
            <numerusform>%Ln changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::ArchiveStrip</name>
    <message numerus="yes">
        <source>%Ln more wait(s)</source>
        <translation>
            <numerusform>%Ln more waits</numerusform>
            <numerusform>%Ln more wait</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::AutopsyPresenter</name>
    <message numerus="yes">
        <source>Likely the learning rate is too high: the gradient norm rose for %Ln step(s) before, to %1 where %2 is usual.</source>
        <translation>
            <numerusform>Likely the learning rate is too high: the gradient norm rose for %Ln step before, to %1 where %2 is usual.</numerusform>
            <numerusform>Likely the learning rate is too high: the gradient norm rose for %Ln steps before, to %1 where %2 is usual.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Likely the learning rate is too high: the loss rose for %Ln step(s) before, to %1 where %2 is usual.</source>
        <translation>
            <numerusform>Likely the learning rate is too high: the loss rose for %Ln step before, to %1 where %2 is usual.</numerusform>
            <numerusform>Likely the learning rate is too high: the loss rose for %Ln steps before, to %1 where %2 is usual.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::AutopsyView</name>
    <message numerus="yes">
        <source>Leave %Ln row(s) out</source>
        <translation>
            <numerusform>Leave %Ln row out</numerusform>
            <numerusform>Leave %Ln rows out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::ChartBoard</name>
    <message numerus="yes">
        <source>%1: %Ln thing(s) could not be read</source>
        <translation>
            <numerusform>%1: %Ln thing could not be read</numerusform>
            <numerusform>%1: %Ln things could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln point(s) of steps that were trained again are left out.</source>
        <translation>
            <numerusform>%Ln point of a step that was trained again is left out.</numerusform>
            <numerusform>%Ln points of steps that were trained again are left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::ChartFiles</name>
    <message numerus="yes">
        <source>%1: %Ln line(s)</source>
        <translation>
            <numerusform>%1: %Ln line</numerusform>
            <numerusform>%1: %Ln lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln that a resume overwrote left out</source>
        <translation>
            <numerusform>%Ln that a resume overwrote left out</numerusform>
            <numerusform>%Ln that a resume overwrote left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln that could not be read left out</source>
        <translation>
            <numerusform>%Ln that could not be read left out</numerusform>
            <numerusform>%Ln that could not be read left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::CheckChips</name>
    <message numerus="yes">
        <source>%Ln more</source>
        <comment>chips</comment>
        <translation>
            <numerusform>%Ln more</numerusform>
            <numerusform>%Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::DataPage</name>
    <message numerus="yes">
        <source>Search %1 row(s)</source>
        <translation>
            <numerusform>Search %1 row</numerusform>
            <numerusform>Search %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 %2 to %3: %4 row(s)</source>
        <translation>
            <numerusform>%1 %2 to %3: %4 row</numerusform>
            <numerusform>%1 %2 to %3: %4 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 row(s)</source>
        <translation>
            <numerusform>%1: %2 row</numerusform>
            <numerusform>%1: %2 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) chosen</source>
        <translation>
            <numerusform>%1 row chosen</numerusform>
            <numerusform>%1 rows chosen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::DataPresenter</name>
    <message numerus="yes">
        <source>%1 and %Ln more file(s)</source>
        <translation>
            <numerusform>%1 and %Ln more file</numerusform>
            <numerusform>%1 and %Ln more files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reject %1 row(s)</source>
        <translation>
            <numerusform>Reject %1 row</numerusform>
            <numerusform>Reject %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Bring back %1 row(s)</source>
        <translation>
            <numerusform>Bring back %1 row</numerusform>
            <numerusform>Bring back %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %1 row(s) to %2</source>
        <translation>
            <numerusform>Move %1 row to %2</numerusform>
            <numerusform>Move %1 rows to %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take the label of %1 row(s) away</source>
        <translation>
            <numerusform>Take the label of %1 row away</numerusform>
            <numerusform>Take the label of %1 rows away</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Label %1 row(s) %2</source>
        <translation>
            <numerusform>Label %1 row %2</numerusform>
            <numerusform>Label %1 rows %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tag %1 row(s) %2</source>
        <translation>
            <numerusform>Tag %1 row %2</numerusform>
            <numerusform>Tag %1 rows %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take tag %2 from %1 row(s)</source>
        <translation>
            <numerusform>Take tag %2 from %1 row</numerusform>
            <numerusform>Take tag %2 from %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take the rating of %1 row(s) away</source>
        <translation>
            <numerusform>Take the rating of %1 row away</numerusform>
            <numerusform>Take the rating of %1 rows away</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Rate %1 row(s) %2</source>
        <translation>
            <numerusform>Rate %1 row %2</numerusform>
            <numerusform>Rate %1 rows %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s)</source>
        <translation>
            <numerusform>%1 row</numerusform>
            <numerusform>%1 rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::ExportPage</name>
    <message numerus="yes">
        <source>The %1 row(s) that show</source>
        <translation>
            <numerusform>The %1 row that show</numerusform>
            <numerusform>The %1 rows that show</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The %1 chosen row(s)</source>
        <translation>
            <numerusform>The %1 chosen row</numerusform>
            <numerusform>The %1 chosen rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 row(s)</source>
        <translation>
            <numerusform>%1 of %2 row</numerusform>
            <numerusform>%1 of %2 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) are left out: %2</source>
        <translation>
            <numerusform>%1 row are left out: %2</numerusform>
            <numerusform>%1 rows are left out: %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) lose %2</source>
        <translation>
            <numerusform>%1 row lose %2</numerusform>
            <numerusform>%1 rows lose %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Export %1 row(s)</source>
        <translation>
            <numerusform>Export %1 row</numerusform>
            <numerusform>Export %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) written to %2</source>
        <translation>
            <numerusform>%1 row written to %2</numerusform>
            <numerusform>%1 rows written to %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::FilesPage</name>
    <message numerus="yes">
        <source>%1 row(s) could not be read</source>
        <translation>
            <numerusform>%1 row could not be read</numerusform>
            <numerusform>%1 rows could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) written to %2</source>
        <translation>
            <numerusform>%1 row written to %2</numerusform>
            <numerusform>%1 rows written to %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::FixPage</name>
    <message numerus="yes">
        <source>%1 place(s) in %2 rows get a placeholder such as [EMAIL].</source>
        <translation>
            <numerusform>%1 place in %2 rows get a placeholder such as [EMAIL].</numerusform>
            <numerusform>%1 places in %2 rows get a placeholder such as [EMAIL].</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Redact %1 row(s)</source>
        <translation>
            <numerusform>Redact %1 row</numerusform>
            <numerusform>Redact %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) are read once more with the right encoding.</source>
        <translation>
            <numerusform>%1 row are read once more with the right encoding.</numerusform>
            <numerusform>%1 rows are read once more with the right encoding.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Repair %1 row(s)</source>
        <translation>
            <numerusform>Repair %1 row</numerusform>
            <numerusform>Repair %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The first row of each cluster stays, %1 row(s) are rejected. They stay in the table and never train.</source>
        <translation>
            <numerusform>The first row of each cluster stays, %1 row are rejected. They stay in the table and never train.</numerusform>
            <numerusform>The first row of each cluster stays, %1 rows are rejected. They stay in the table and never train.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reject %1 row(s)</source>
        <translation>
            <numerusform>Reject %1 row</numerusform>
            <numerusform>Reject %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) are rejected. They stay in the table and never train.</source>
        <translation>
            <numerusform>%1 row are rejected. They stay in the table and never train.</numerusform>
            <numerusform>%1 rows are rejected. They stay in the table and never train.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 %2 more row(s) are left for a second time.</source>
        <translation>
            <numerusform>%1 %2 more row are left for a second time.</numerusform>
            <numerusform>%1 %2 more rows are left for a second time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %1 more row(s)</source>
        <translation>
            <numerusform>and %1 more row</numerusform>
            <numerusform>and %1 more rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::HomePresenter</name>
    <message numerus="yes">
        <source>%Ln core(s)</source>
        <translation>
            <numerusform>%Ln core</numerusform>
            <numerusform>%Ln cores</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::ImportPage</name>
    <message numerus="yes">
        <source>%1 row(s) written to %2</source>
        <translation>
            <numerusform>%1 row written to %2</numerusform>
            <numerusform>%1 rows written to %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::ImportPresenter</name>
    <message numerus="yes">
        <source>%1 row(s)</source>
        <translation>
            <numerusform>%1 row</numerusform>
            <numerusform>%1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the first %1 row(s) were looked at</source>
        <translation>
            <numerusform>the first %1 row were looked at</numerusform>
            <numerusform>the first %1 rows were looked at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 row(s) cannot be read</source>
        <translation>
            <numerusform>%1 row cannot be read</numerusform>
            <numerusform>%1 rows cannot be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Import %1 row(s)</source>
        <translation>
            <numerusform>Import %1 row</numerusform>
            <numerusform>Import %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 good row(s): %2</source>
        <translation>
            <numerusform>%1 good row: %2</numerusform>
            <numerusform>%1 good rows: %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::InspectorView</name>
    <message numerus="yes">
        <source>and %Ln more finding(s)</source>
        <translation>
            <numerusform>and %Ln more finding</numerusform>
            <numerusform>and %Ln more findings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln earlier change(s)</source>
        <translation>
            <numerusform>and %Ln earlier change</numerusform>
            <numerusform>and %Ln earlier changes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelPage</name>
    <message numerus="yes">
        <source>%1 row(s)</source>
        <translation>
            <numerusform>%1 row</numerusform>
            <numerusform>%1 rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelPresenter</name>
    <message numerus="yes">
        <source>%Ln key(s) pressed meanwhile were not used.</source>
        <translation>
            <numerusform>%Ln key pressed meanwhile were not used.</numerusform>
            <numerusform>%Ln keys pressed meanwhile were not used.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelSetView</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::LabelSide</name>
    <message numerus="yes">
        <source>%Ln shared row(s)</source>
        <translation>
            <numerusform>%Ln shared row</numerusform>
            <numerusform>%Ln shared rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show %Ln disagreement(s)</source>
        <translation>
            <numerusform>Show %Ln disagreement</numerusform>
            <numerusform>Show %Ln disagreements</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln disagreement(s) settled</source>
        <translation>
            <numerusform>All %Ln disagreement settled</numerusform>
            <numerusform>All %Ln disagreements settled</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::LrCurve</name>
    <message numerus="yes">
        <source>Rises to %1 in %Ln step(s)</source>
        <translation>
            <numerusform>Rises to %1 in %Ln step</numerusform>
            <numerusform>Rises to %1 in %Ln steps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::MainWindow</name>
    <message numerus="yes">
        <source>%Ln row(s) imported from %1</source>
        <translation>
            <numerusform>%Ln row imported from %1</numerusform>
            <numerusform>%Ln rows imported from %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::PreflightCard</name>
    <message numerus="yes">
        <source>system message, %Ln token(s)</source>
        <translation>
            <numerusform>system message, %Ln token</numerusform>
            <numerusform>system message, %Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowHistogram</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowLossesView</name>
    <message numerus="yes">
        <source>%Ln file(s) of row losses could not be read and are left out: %1</source>
        <translation>
            <numerusform>%Ln file of row losses could not be read and is left out: %1</numerusform>
            <numerusform>%Ln files of row losses could not be read and are left out: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowWords</name>
    <message numerus="yes">
        <source>From %Ln file(s)</source>
        <translation>
            <numerusform>From %Ln file</numerusform>
            <numerusform>From %Ln files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln chosen row(s)</source>
        <translation>
            <numerusform>%Ln chosen row</numerusform>
            <numerusform>%Ln chosen rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowXray</name>
    <message numerus="yes">
        <source>%1 of %Ln token(s)</source>
        <translation>
            <numerusform>%1 of %Ln token</numerusform>
            <numerusform>%1 of %Ln tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s) over the context of %1 are cut.</source>
        <translation>
            <numerusform>%Ln token over the context of %1 are cut.</numerusform>
            <numerusform>%Ln tokens over the context of %1 are cut.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RowsBeside</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cluster %1 of %2 · %Ln row(s)</source>
        <translation>
            <numerusform>Cluster %1 of %2 · %Ln row</numerusform>
            <numerusform>Cluster %1 of %2 · %Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunComparison</name>
    <message numerus="yes">
        <source>%Ln setting(s) differ</source>
        <translation>
            <numerusform>%Ln setting differs</numerusform>
            <numerusform>%Ln settings differ</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunPresenter</name>
    <message numerus="yes">
        <source>%Ln step(s)</source>
        <translation>
            <numerusform>%Ln step</numerusform>
            <numerusform>%Ln steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Rows %1 and %Ln more.</source>
        <translation>
            <numerusform>Rows %1 and %Ln more.</numerusform>
            <numerusform>Rows %1 and %Ln more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>mean of the last %Ln step(s)</source>
        <translation>
            <numerusform>mean of the last %Ln step</numerusform>
            <numerusform>mean of the last %Ln steps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunRecord</name>
    <message numerus="yes">
        <source>%Ln thread(s)</source>
        <translation>
            <numerusform>%Ln thread</numerusform>
            <numerusform>%Ln threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln core(s)</source>
        <translation>
            <numerusform>%Ln core</numerusform>
            <numerusform>%Ln cores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln time(s)</source>
        <translation>
            <numerusform>once</numerusform>
            <numerusform>%Ln times</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunRecordExport</name>
    <message numerus="yes">
        <source>%1: %Ln file(s), %2</source>
        <translation>
            <numerusform>%1: %Ln file, %2</numerusform>
            <numerusform>%1: %Ln files, %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %Ln checkpoint(s) · %1</source>
        <translation>
            <numerusform>The only checkpoint · %1</numerusform>
            <numerusform>All %Ln checkpoints · %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunView</name>
    <message numerus="yes">
        <source>%Ln line(s) of this run&apos;s log could not be read and are missing here.</source>
        <translation>
            <numerusform>%Ln line of this run&apos;s log could not be read and is missing here.</numerusform>
            <numerusform>%Ln lines of this run&apos;s log could not be read and are missing here.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::RunsPane</name>
    <message numerus="yes">
        <source>%Ln running</source>
        <translation>
            <numerusform>%Ln running</numerusform>
            <numerusform>%Ln running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln paused</source>
        <translation>
            <numerusform>%Ln paused</numerusform>
            <numerusform>%Ln paused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln queued</source>
        <translation>
            <numerusform>%Ln queued</numerusform>
            <numerusform>%Ln queued</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln run(s) for good…</source>
        <translation>
            <numerusform>Delete %Ln run for good…</numerusform>
            <numerusform>Delete %Ln runs for good…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln run(s) for good?</source>
        <translation>
            <numerusform>Delete %Ln run for good?</numerusform>
            <numerusform>Delete %Ln runs for good?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::SplitPage</name>
    <message numerus="yes">
        <source>%1 · %2 row(s) move</source>
        <translation>
            <numerusform>%1 · %2 row move</numerusform>
            <numerusform>%1 · %2 rows move</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <comment>warnings</comment>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %1 row(s)</source>
        <translation>
            <numerusform>Move %1 row</numerusform>
            <numerusform>Move %1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Split %1 row(s)</source>
        <translation>
            <numerusform>Split %1 row</numerusform>
            <numerusform>Split %1 rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::StartPicker</name>
    <message numerus="yes">
        <source>%Ln value(s) would change</source>
        <translation>
            <numerusform>%Ln value would change</numerusform>
            <numerusform>%Ln values would change</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::SubPages</name>
    <message numerus="yes">
        <source>%1 row(s) imported</source>
        <translation>
            <numerusform>%1 row imported</numerusform>
            <numerusform>%1 rows imported</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::SweepView</name>
    <message numerus="yes">
        <source>Start %Ln run(s)</source>
        <translation>
            <numerusform>Start %Ln run</numerusform>
            <numerusform>Start %Ln runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln run(s)</source>
        <translation>
            <numerusform>%Ln run</numerusform>
            <numerusform>%Ln runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln done</source>
        <translation>
            <numerusform>%Ln done</numerusform>
            <numerusform>%Ln done</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln failed</source>
        <translation>
            <numerusform>%Ln failed</numerusform>
            <numerusform>%Ln failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln waiting</source>
        <translation>
            <numerusform>%Ln waiting</numerusform>
            <numerusform>%Ln waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::TokenRows</name>
    <message numerus="yes">
        <source>%Ln more row(s) are not shown.</source>
        <translation>
            <numerusform>%Ln more row is not shown.</numerusform>
            <numerusform>%Ln more rows are not shown.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s) without a number</source>
        <translation>
            <numerusform>%Ln token without a number</numerusform>
            <numerusform>%Ln tokens without a number</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln control character(s)</source>
        <translation>
            <numerusform>%Ln control character</numerusform>
            <numerusform>%Ln control characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln damaged character(s)</source>
        <translation>
            <numerusform>%Ln damaged character</numerusform>
            <numerusform>%Ln damaged characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln invisible character(s)</source>
        <translation>
            <numerusform>%Ln invisible character</numerusform>
            <numerusform>%Ln invisible characters</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>one character %Ln times in a row</source>
        <translation>
            <numerusform>one character %Ln time in a row</numerusform>
            <numerusform>one character %Ln times in a row</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::TrainPresenter</name>
    <message numerus="yes">
        <source>The recipe ends after %Ln step(s)</source>
        <translation>
            <numerusform>The recipe ends after %Ln step</numerusform>
            <numerusform>The recipe ends after %Ln steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Longest row has %Ln token(s)</source>
        <translation>
            <numerusform>Longest row has %Ln token</numerusform>
            <numerusform>Longest row has %Ln tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The recipe takes %Ln row(s) a step instead</source>
        <translation>
            <numerusform>The recipe takes %Ln row a step instead</numerusform>
            <numerusform>The recipe takes %Ln rows a step instead</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) are longer than the context</source>
        <translation>
            <numerusform>%Ln row is longer than the context</numerusform>
            <numerusform>%Ln rows are longer than the context</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The longest has %Ln token(s). They can be read whole or left out: choose before you start.</source>
        <translation>
            <numerusform>The longest has %Ln token. They can be read whole or left out: choose before you start.</numerusform>
            <numerusform>The longest has %Ln tokens. They can be read whole or left out: choose before you start.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln long row(s) are left out</source>
        <translation>
            <numerusform>%Ln long row is left out</numerusform>
            <numerusform>%Ln long rows are left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) have no token to learn from</source>
        <translation>
            <numerusform>%Ln row has no token to learn from</numerusform>
            <numerusform>%Ln rows have no token to learn from</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) without a token to learn are left out</source>
        <translation>
            <numerusform>%Ln row without a token to learn is left out</numerusform>
            <numerusform>%Ln rows without a token to learn are left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) cannot be used</source>
        <translation>
            <numerusform>%Ln row cannot be used</numerusform>
            <numerusform>%Ln rows cannot be used</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Choose what happens to %Ln long row(s)</source>
        <translation>
            <numerusform>Choose what happens to %Ln long row</numerusform>
            <numerusform>Choose what happens to %Ln long rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Choose what happens to %Ln silent row(s)</source>
        <translation>
            <numerusform>Choose what happens to %Ln silent row</numerusform>
            <numerusform>Choose what happens to %Ln silent rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln step(s)</source>
        <translation>
            <numerusform>about %Ln step</numerusform>
            <numerusform>about %Ln steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Context %1: saves %2, %Ln row(s) become too long</source>
        <translation>
            <numerusform>Context %1: saves %2, %Ln row become too long</numerusform>
            <numerusform>Context %1: saves %2, %Ln rows become too long</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It has %Ln token(s)</source>
        <translation>
            <numerusform>It has %Ln token</numerusform>
            <numerusform>It has %Ln tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %Ln warm-up step(s)</source>
        <translation>
            <numerusform>%1, %Ln warm-up step</numerusform>
            <numerusform>%1, %Ln warm-up steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>evaluate every %Ln step(s)</source>
        <translation>
            <numerusform>evaluate every %Ln step</numerusform>
            <numerusform>evaluate every %Ln steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) left out by choice</source>
        <translation>
            <numerusform>%Ln row left out by choice</numerusform>
            <numerusform>%Ln rows left out by choice</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::TryView</name>
    <message numerus="yes">
        <source>up to %Ln token(s)</source>
        <translation>
            <numerusform>up to %Ln token</numerusform>
            <numerusform>up to %Ln tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 · %Ln token(s)</source>
        <translation>
            <numerusform>%1 · %Ln token</numerusform>
            <numerusform>%1 · %Ln tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln earlier turn(s) go with it</source>
        <translation>
            <numerusform>%Ln earlier turn goes with it</numerusform>
            <numerusform>%Ln earlier turns go with it</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::VersionsPage</name>
    <message numerus="yes">
        <source>%Ln run(s) trained on it</source>
        <translation>
            <numerusform>%Ln run trained on it</numerusform>
            <numerusform>%Ln runs trained on it</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fettle::ui::YamlView</name>
    <message numerus="yes">
        <source>%Ln fault(s)</source>
        <translation>
            <numerusform>%Ln fault</numerusform>
            <numerusform>%Ln faults</numerusform>
        </translation>
    </message>
</context>
</TS>
