// The store as the labeling queue uses it: questions that wait are asked on threads of its own, answers come to the GUI
// thread as long as the same project is open.
#pragma once

#include "bridge/courier.h"
#include "label/serial_thread.h"
#include "project/project.h"
#include "project/row_store.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace fettle::ui {

enum class LabelLane {
    Row,   // what the next row waits for
    Beside // what may take a while: queues, neighbours, counts, agreement
};

/// A member of `receiver`. Thread: GUI.
class LabelDesk {
public:
    explicit LabelDesk(QObject* receiver)
        : m_courier(receiver) {}
    void setProject(std::shared_ptr<project::Project> project) {
        m_project = std::move(project);
        ++m_generation;
    }
    [[nodiscard]] bool isOpen() const { return m_project != nullptr; }
    [[nodiscard]] const std::shared_ptr<project::Project>& project() const { return m_project; }
    /// Calls that return at once only.
    [[nodiscard]] project::RowStore& store() const { return m_project->rows(); }

    /// `key`: newest wins among those that wait; 0 = all are asked.
    template <class T>
    void ask(LabelLane lane, int key, std::function<Result<T>(project::RowStore&)> work,
             std::function<void(Result<T>)> take) {
        if (m_project == nullptr) {
            return;
        }
        thread(lane).post(key, [project = m_project, work = std::move(work), back = answer<T>(std::move(take))] {
            back(work(project->rows()));
        });
    }
    /// A callback for the store: calls `take` on the GUI thread.
    template <class T>
    [[nodiscard]] project::RowStore::Callback<T> answer(std::function<void(Result<T>)> take) const {
        return [this, post = m_courier.sender(), take = std::move(take), generation = m_generation](Result<T> result) {
            auto shared = std::make_shared<Result<T>>(std::move(result)); // posted functions must be copyable
            post([this, take, shared, generation] {
                if (generation == m_generation) {
                    take(std::move(*shared));
                }
            });
        };
    }

private:
    SerialThread& thread(LabelLane lane) { return lane == LabelLane::Row ? m_rows : m_beside; }
    Courier m_courier;
    std::shared_ptr<project::Project> m_project; // shared with what runs
    std::uint64_t m_generation = 0;
    SerialThread m_rows, m_beside; // last: joined first
};

} // namespace fettle::ui
