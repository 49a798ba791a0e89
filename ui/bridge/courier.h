// From any thread to the GUI thread: a function is posted to the receiver's thread and dropped when the receiver has
// gone. A member of the receiver.
#pragma once

#include "base/mutex.h"

#include <QObject>

#include <functional>
#include <memory>
#include <utility>

namespace fettle::ui {

/// Copies share one address. Thread: post() any; construction and destruction on the receiver's thread.
class Courier {
public:
    explicit Courier(QObject* receiver)
        : m_address(std::make_shared<Address>(receiver)) {}
    ~Courier() {
        MutexLock lock(m_address->mutex);
        m_address->receiver = nullptr;
    }
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    /// Something to carry into a job: posts a function to the receiver, as long as it lives.
    [[nodiscard]] std::function<void(std::function<void()>)> sender() const {
        return [address = m_address](std::function<void()> function) {
            MutexLock lock(address->mutex);
            if (address->receiver != nullptr) {
                QMetaObject::invokeMethod(address->receiver, std::move(function), Qt::QueuedConnection);
            }
        };
    }

private:
    struct Address {
        explicit Address(QObject* object)
            : receiver(object) {}
        Mutex mutex;
        QObject* receiver;
    };
    std::shared_ptr<Address> m_address; // shared with jobs that outlive the receiver
};

} // namespace fettle::ui
