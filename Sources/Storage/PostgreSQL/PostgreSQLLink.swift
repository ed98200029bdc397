import CLibPQ
import Foundation

/// One connection to PostgreSQL, used by one thread.
///
/// It never waits without end: whatever takes longer than the server's own timeout and a second counts as a lost
/// link. Statements are prepared once each.
final class PostgreSQLLink {
    /// The longest that the server may work on one statement, in milliseconds; also the longest wait for a lock.
    static let statementTimeout = 5000
    private static let mostPrepared = 500

    private let handle: OpaquePointer
    private var prepared: [String: String] = [:]
    private var count = 0
    /// True from the failure after which nothing can be asked any more.
    private(set) var isLost = false
    /// True while a statement may take as long as it needs.
    var isPatient = false

    /// Connects, and readies the session.
    /// - Throws: `SQLError` `unreachable`.
    init(_ address: PostgreSQLAddress) throws {
        let parameters = Array(address.parameters)
        var keywords = parameters.map { UnsafePointer(strdup($0.key)) } + [nil]
        var values = parameters.map { UnsafePointer(strdup($0.value)) } + [nil]
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        guard let handle = PQconnectdbParams(&keywords, &values, 0) else {
            throw SQLError(.unreachable, "no memory for a connection")
        }
        self.handle = handle
        // By default notices such as « already exists, skipping » go to the standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQstatus(handle) == CONNECTION_OK else { throw SQLError(.unreachable, lastMessage) }
        PQsetnonblocking(handle, 1)
        try command("SET statement_timeout = \(Self.statementTimeout)")
        try command("SET idle_in_transaction_session_timeout = 30000")
    }

    deinit { PQfinish(handle) }

    var serverVersion: Int { Int(PQserverVersion(handle)) }
    var serverEncoding: String? { PQparameterStatus(handle, "server_encoding").map { String(cString: $0) } }
    var socket: Int32 { PQsocket(handle) }

    /// Runs a statement without parameters nor rows of interest, such as `BEGIN`.
    /// - Returns: what was done, in a word or two (`BEGIN`, `COMMIT`, `ROLLBACK`).
    @discardableResult
    func command(_ sql: String) throws -> String {
        guard PQsendQuery(handle, sql) == 1 else { throw lost() }
        let result = try results(of: sql)
        return String(cString: PQcmdStatus(result.pointer))
    }

    /// Runs a statement with its values.
    func run(_ sql: String, _ values: [SQLValue]) throws -> PostgreSQLResult {
        let name = try name(of: sql)
        try send(name, values)
        return try results(of: sql)
    }

    /// Runs a statement once for each list of values, in one exchange (pipeline mode).
    func run(_ sql: String, batch: [[SQLValue]]) throws {
        guard !batch.isEmpty else { return }
        let name = try name(of: sql)
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        for values in batch { try send(name, values) }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        var failure: SQLError?
        while true {
            guard let result = try next() else { continue }
            if result.status == PGRES_PIPELINE_SYNC { break }
            if failure == nil { failure = result.failure(of: sql) }
        }
        guard PQexitPipelineMode(handle) == 1 else { throw lost() }
        if let failure { throw failure }
    }

    /// Forgets prepared statements: the server refuses those whose columns have changed.
    func forgetPrepared() throws {
        prepared = [:]
        try command("DEALLOCATE ALL")
    }

    /// The topics of the notifications that have arrived, without waiting.
    func notifications() throws -> [String] {
        guard PQconsumeInput(handle) == 1 else { throw lost() }
        var topics: [String] = []
        while let notice = PQnotifies(handle) {
            topics.append(String(cString: notice.pointee.extra))
            PQfreemem(notice)
        }
        return topics
    }

    private func name(of sql: String) throws -> String {
        if let name = prepared[sql] { return name }
        if prepared.count >= Self.mostPrepared { try forgetPrepared() }
        count += 1
        let name = "s\(count)"
        guard PQsendPrepare(handle, name, sql, 0, nil) == 1 else { throw lost() }
        _ = try results(of: sql)
        prepared[sql] = name
        return name
    }

    private func send(_ name: String, _ values: [SQLValue]) throws {
        let texts = values.map { value in value.parameter.flatMap { UnsafePointer<CChar>(strdup($0)) } }
        defer { for text in texts { free(UnsafeMutablePointer(mutating: text)) } }
        guard PQsendQueryPrepared(handle, name, Int32(texts.count), texts, nil, nil, 0) == 1 else { throw lost() }
    }

    /// The one result of a statement.
    private func results(of sql: String) throws -> PostgreSQLResult {
        var last: PostgreSQLResult?
        while let result = try next() { last = last?.status == PGRES_FATAL_ERROR ? last : result }
        guard let last else { throw lost() }
        if let failure = last.failure(of: sql) { throw failure }
        return last
    }

    /// The next result, waiting for it; nil at the end of those of one statement.
    private func next() throws -> PostgreSQLResult? {
        let deadline = ContinuousClock.now + .milliseconds(Self.statementTimeout + 1000)
        while true {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw lost() }
            if unsent == 0, PQisBusy(handle) == 0 { break }
            let left = isPatient ? 60_000 : Int((deadline - .now) / .milliseconds(1))
            var descriptor = pollfd(fd: socket, events: Int16(POLLIN | (unsent > 0 ? POLLOUT : 0)), revents: 0)
            guard left > 0, poll(&descriptor, 1, Int32(left)) > 0 || errno == EINTR || isPatient else {
                throw lost("the database does not answer")
            }
            if descriptor.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            }
        }
        guard let pointer = PQgetResult(handle) else {
            guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
            return nil
        }
        return PostgreSQLResult(pointer)
    }

    private func lost(_ reason: String? = nil) -> SQLError {
        isLost = true
        return SQLError(.unreachable, reason ?? lastMessage)
    }

    /// What libpq says of the connection: hosts and users, no values.
    private var lastMessage: String {
        let message = String(cString: PQerrorMessage(handle)).split(whereSeparator: \.isNewline).joined(separator: " ")
        return message.isEmpty ? "the connection is lost" : message
    }
}

extension SQLValue {
    /// The value as text, of which the server knows the type from the statement; nil for null.
    fileprivate var parameter: String? {
        switch self {
        case .null: nil
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        }
    }
}
