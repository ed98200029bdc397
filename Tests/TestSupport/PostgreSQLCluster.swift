import Foundation
import Synchronization

/// A PostgreSQL server of the test process's own, in a temporary folder, on a Unix socket only.
///
/// It ends with the process, however that ends: the shell that started it reads a pipe that closes then.
package final class PostgreSQLCluster: Sendable {
    private let folder: String
    private let orders: FileHandle
    private let answers: FileHandle
    private let turn = Mutex(())

    /// The one of the process, started by the first test that asks; nil where PostgreSQL 15 is not installed.
    package static let shared: PostgreSQLCluster? = start()

    /// Why tests on PostgreSQL are skipped.
    package static let absence: String = "PostgreSQL is not installed: Debian has it in the package postgresql-15"

    /// Where the programs are; nil where PostgreSQL is not installed.
    package static let programs: String? = {
        let folders = (15...30).reversed().map { "/usr/lib/postgresql/\($0)/bin" }
        let path = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        return (folders + path).first { folder in
            ["initdb", "pg_ctl"].allSatisfy { FileManager.default.isExecutableFile(atPath: folder + "/" + $0) }
        }
    }()

    /// The address of the database, with a schema of its own that is empty.
    package func address(schema: String = "t" + UUID().uuidString.lowercased().replacing("-", with: "")) -> String {
        _ = ask("schema \(schema)")
        let socket = folder.replacing("/", with: "%2F")
        return "postgres://unefois@\(socket)/unefois?options=-csearch_path%3D\(schema)"
    }

    /// Ends the server as a power cut would.
    package func crash() { _ = ask("crash") }

    /// Starts it again.
    package func restart() { _ = ask("start") }

    /// A server that no other test uses, for those that end it.
    package static func start() -> PostgreSQLCluster? {
        guard let programs else { return nil }
        let process = Process()
        let isRoot = getuid() == 0
        let shell = ["/bin/sh", "-c", script, "postgresql", isRoot ? "/tmp" : NSTemporaryDirectory(), programs]
        // PostgreSQL refuses to run as root; its package makes a user for it.
        let words = isRoot ? ["/usr/sbin/runuser", "-u", "postgres", "--"] + shell : shell
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = URL(filePath: "/")
        let (orders, answers) = (Pipe(), Pipe())
        process.standardInput = orders
        process.standardOutput = answers
        guard (try? process.run()) != nil else { return nil }
        guard let folder = line(answers.fileHandleForReading), !folder.isEmpty else { return nil }
        return PostgreSQLCluster(
            folder: folder, orders: orders.fileHandleForWriting, answers: answers.fileHandleForReading)
    }

    private init(folder: String, orders: FileHandle, answers: FileHandle) {
        (self.folder, self.orders, self.answers) = (folder, orders, answers)
    }

    private func ask(_ order: String) -> String? {
        turn.withLock { _ in
            try? orders.write(contentsOf: Data((order + "\n").utf8))
            return Self.line(answers)
        }
    }

    private static func line(_ handle: FileHandle) -> String? {
        var line: [UInt8] = []
        while let byte = try? handle.read(upToCount: 1)?.first {
            if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }

    private static let script = """
        trap '' PIPE
        b=$2
        d=$(mktemp -d "$1/unefois-pg-XXXXXX") || exit 1
        log() { "$@" >>"$d/log" 2>&1 </dev/null; }
        start() {
            log "$b/pg_ctl" -D "$d/data" -w -l "$d/log" -o "-k $d -c listen_addresses= -c fsync=off \\
                -c max_connections=1000 -c shared_buffers=32MB" start
        }
        if log "$b/initdb" -D "$d/data" -A trust -U unefois -E UTF8 --locale=C.UTF-8 --no-sync &&
            start && log "$b/createdb" -h "$d" -U unefois unefois
        then
            echo "$d"
            while read -r order name; do
                case $order in
                schema) log "$b/psql" -h "$d" -U unefois -c "CREATE SCHEMA IF NOT EXISTS $name" unefois ;;
                crash) log "$b/pg_ctl" -D "$d/data" -m immediate stop ;;
                start) start ;;
                esac
                echo done
            done
            log "$b/pg_ctl" -D "$d/data" -m immediate stop
        fi
        rm -rf "$d"
        """
}
