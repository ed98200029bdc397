import Foundation

/// A program run to its end with bytes on its standard input.
///
/// By `posix_spawn` directly: Foundation's `Process` reads past the end of the list of open files when there are many
/// (seen as a crash in `Process.run()` among a few thousand sockets), and would take the whole service with it.
package enum ChildProcess {
    /// What the program writes, or nil where it cannot be started or ends in failure. Blocks the thread.
    package static func output(_ path: String, _ arguments: [String], input: [UInt8] = []) -> [UInt8]? {
        guard let given = ends(), let taken = ends() else { return nil }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, given.theirs, 0)
        posix_spawn_file_actions_adddup2(&actions, taken.theirs, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let isStarted = posix_spawn(&child, path, &actions, nil, &words, environ) == 0
        close(given.theirs)
        close(taken.theirs)
        defer { close(taken.ours) }
        guard isStarted else {
            close(given.ours)
            return nil
        }
        let (bytes, end) = (input, given.ours)
        Thread.detachNewThread {
            write(bytes, to: end)
            close(end)
        }
        let output = read(taken.ours)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status == 0 ? output : nil
    }

    /// Two ends of a channel that no other program inherits. A socket: writing to who has gone raises no signal.
    private static func ends() -> (ours: Int32, theirs: Int32)? {
        var pair: [Int32] = [0, 0]
        #if os(Linux)
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        return socketpair(AF_UNIX, kind, 0, &pair) == 0 ? (pair[0], pair[1]) : nil
    }

    private static func write(_ bytes: [UInt8], to end: Int32) {
        #if os(Linux)
            let quietly = Int32(MSG_NOSIGNAL)
        #else
            let quietly: Int32 = 0
        #endif
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(end, $0.baseAddress, $0.count, quietly) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func read(_ end: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(end, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += part[..<count]
        }
    }
}
