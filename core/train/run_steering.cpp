// control.json, and processes that outlive the one that started them.
#include "train/run_steering.h"

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "run/run_folder.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fettle::train {
namespace {

using jobs::Request;

constexpr const char* kControl = "/control.json";
constexpr const char* kTaken = "/control.taken.json";

constexpr std::array<std::pair<Request, const char*>, 6> kRequests{{{Request::Pause, "pause"},
                                                                    {Request::Resume, "resume"},
                                                                    {Request::Stop, "stop"},
                                                                    {Request::Abort, "abort"},
                                                                    {Request::ShowLayers, "show_layers"},
                                                                    {Request::HideLayers, "hide_layers"}}};

Request readRequest(const std::string& path) {
    const auto json = readJsonFile(path);
    if (json && json->is_object()) {
        const std::string word = jsonString(*json, "request", std::string()).valueOr(std::string());
        for (const auto& [request, name] : kRequests) {
            if (word == name) {
                return request;
            }
        }
    }
    logWarning(path + ": is no request (pause, resume, stop, abort, show_layers or hide_layers) and was dropped");
    return Request::None;
}

// Only calls that are allowed between fork and exec of a program with threads.
[[noreturn]] void becomeProgram(const char* program, char* const* arguments, const char* log, bool nice, int report) {
    const auto fail = [report] {
        const int error = errno;
        [[maybe_unused]] const auto written = ::write(report, &error, sizeof error);
        ::_exit(127);
    };
    const int nothing = ::open("/dev/null", O_RDONLY);
    const int output = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (nothing < 0 || output < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0 ||
        ::dup2(output, STDERR_FILENO) < 0) {
        fail();
    }
    // What a library opened without close-on-exec stays with us. The report closes itself when the program begins.
    for (int fd = STDERR_FILENO + 1; fd < 1024; ++fd) {
        if (fd != report) {
            ::close(fd);
        }
    }
    if (nice) {
        ::setpriority(PRIO_PROCESS, 0, 19);
    }
    ::execv(program, arguments);
    fail();
    ::_exit(127);
}

} // namespace

Result<void> steerRun(const std::string& runFolder, Request request) {
    if (!fileExists(runFolder + "/recipe.json")) {
        return makeError(ErrorCode::NotFound, "there is no such run folder").at(runFolder);
    }
    if (!run::hasLiveOwner(runFolder)) {
        return makeError(ErrorCode::NotFound, "nobody is working on this run",
                         "Go on with it from its last checkpoint instead.")
            .at(runFolder);
    }
    for (const auto& [known, name] : kRequests) {
        if (known == request) {
            return writeFileAtomic(runFolder + kControl,
                                   dumpJson(Json{{"request", name}, {"time_ms", systemClock().unixMs()}}) + "\n");
        }
    }
    return makeError(ErrorCode::InvalidInput, "nothing is asked of the run");
}

Request takeRequest(const std::string& runFolder) {
    const std::string path = runFolder + kControl;
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        return Request::None;
    }
    // Moved first, so that one that comes now is not lost with it.
    const std::string taken = runFolder + kTaken;
    if (std::rename(path.c_str(), taken.c_str()) != 0) {
        return Request::None;
    }
    const Request request = readRequest(taken);
    (void)std::remove(taken.c_str());
    return request;
}

void dropRequests(const std::string& runFolder) {
    (void)std::remove((runFolder + kControl).c_str());
    (void)std::remove((runFolder + kTaken).c_str());
}

Result<std::int64_t> startApart(const ApartOptions& options) {
    const std::string program = options.program.empty() ? programFolder() + "/fettle" : options.program;
    if (!fileExists(program)) {
        return makeError(ErrorCode::NotFound, "the command line program is missing: it runs what outlives the window",
                         "Install Fettle as a whole, or let runs live in the window.")
            .at(program);
    }
    std::vector<std::string> words = {program};
    words.insert(words.end(), options.arguments.begin(), options.arguments.end());
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::array<int, 2> report{};
    if (::pipe2(report.data(), O_CLOEXEC) != 0) {
        return errnoError(errno, "starting", program);
    }
    const pid_t first = ::fork();
    if (first < 0) {
        const int error = errno;
        ::close(report[0]);
        ::close(report[1]);
        return errnoError(error, "starting", program);
    }
    if (first == 0) {
        // A session of its own, and a parent that ends at once: nobody has to wait for it.
        ::setsid();
        const pid_t second = ::fork();
        if (second != 0) {
            const int error = second < 0 ? errno : -static_cast<int>(second); // negative: the process id
            [[maybe_unused]] const auto written = ::write(report[1], &error, sizeof error);
            ::_exit(0);
        }
        becomeProgram(program.c_str(), arguments.data(), options.logFile.c_str(), options.nice, report[1]);
    }
    ::close(report[1]);
    std::int64_t pid = 0;
    int failed = 0;
    for (int word = 0;;) {
        const auto got = ::read(report[0], &word, sizeof word);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got != static_cast<ssize_t>(sizeof word)) {
            break; // both have let go of it
        }
        if (word < 0) {
            pid = -static_cast<std::int64_t>(word);
        } else {
            failed = word;
        }
    }
    ::close(report[0]);
    while (::waitpid(first, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (failed != 0 || pid == 0) {
        return errnoError(failed != 0 ? failed : EIO, "starting", program);
    }
    return pid;
}

Result<std::int64_t> startRunApart(const std::string& runFolder, const std::string& program, bool nice) {
    return startApart({.program = program,
                       .arguments = {"train", "--run", runFolder, "--then-queue"},
                       .logFile = runFolder + "/process.log",
                       .nice = nice});
}

} // namespace fettle::train
