import CLibPQ

/// What the server answered to one statement.
final class PostgreSQLResult {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// Why the statement failed; nil where it did not.
    func failure(of sql: String) -> SQLError? {
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        default: break
        }
        let state = field(UNEFOIS_DIAG_SQLSTATE) ?? ""
        // Messages of class 22 (data exceptions) quote the value.
        let reason =
            state.hasPrefix("22")
            ? "a value that the statement does not take" : field(UNEFOIS_DIAG_MESSAGE) ?? "no reason given"
        return SQLError(Self.code(state), "\(reason) (\(state))", statement: sql, state: state)
    }

    private func field(_ code: Int32) -> String? { PQresultErrorField(pointer, code).map { String(cString: $0) } }

    /// The kind of an SQLSTATE (PostgreSQL documentation, appendix A).
    private static func code(_ state: String) -> SQLError.Code {
        switch state {
        case "23505": .notUnique
        case "23503": .foreignKey
        case "23502": .notNull
        case "23514": .check
        case "25006": .readOnly
        case "40001", "40P01", "55P03", "57014": .busy
        case "25P02": .transactionLost
        case "42804", "08P01": .badValue
        case "57P01", "57P02", "57P03", "53300", "25P03", "57P05": .unreachable
        case let other where other.hasPrefix("22"): .badValue
        case let other where other.hasPrefix("08"): .unreachable
        default: .other
        }
    }

    /// The rows, with the types of the seam.
    func rows(of sql: String) throws -> [SQLRow] {
        let fields = 0..<PQnfields(pointer)
        let columns = fields.map { String(cString: PQfname(pointer, $0)) }
        return try (0..<PQntuples(pointer)).map { row in
            let values = try fields.map { column -> SQLValue in
                guard PQgetisnull(pointer, row, column) == 0 else { return .null }
                let text = String(cString: PQgetvalue(pointer, row, column))
                guard let value = SQLValue(text, type: PQftype(pointer, column)) else {
                    throw SQLError(.wrongType, "column \(columns[Int(column)]) holds another type", statement: sql)
                }
                return value
            }
            return SQLRow(columns: columns, values: values, statement: sql)
        }
    }
}

extension SQLValue {
    /// A value as the server writes it, by the number of its type (`pg_type.dat`): those of columns, and those that
    /// `COUNT`, `SUM`, `AVG` and comparisons have.
    fileprivate init?(_ text: String, type: Oid) {
        switch type {
        case 20, 21, 23:
            guard let number = Int(text) else { return nil }
            self = .integer(number)
        case 700, 701:
            guard let number = Double(text) else { return nil }
            self = .real(number)
        case 1700:
            // SUM of integers has no fraction, AVG has one.
            if text.contains(".") {
                self = .real(Double(text) ?? .nan)
            } else {
                guard let number = Int(text) else { return nil }
                self = .integer(number)
            }
        case 16: self = .integer(text == "t" ? 1 : 0)
        case 18, 19, 25, 705, 1042, 1043: self = .text(text)
        default: return nil
        }
    }
}
