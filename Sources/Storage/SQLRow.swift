import Foundation

/// One row of an answer, read column by column with the type that is expected.
///
/// A missing column, a null where none is allowed or another type throws a `SQLError` that names the column and the
/// statement, never the value.
public struct SQLRow: Sendable {
    private let columns: [String]
    private let values: [SQLValue]
    private let statement: String

    /// A row as a driver read it; `columns` and `values` have the same count.
    init(columns: [String], values: [SQLValue], statement: String) {
        self.columns = columns
        self.values = values
        self.statement = statement
    }

    /// The text of a column that is not null.
    public func text(_ column: String) throws -> String { try present(column, optionalText(column), "a text") }

    /// The integer of a column that is not null.
    public func integer(_ column: String) throws -> Int { try present(column, optionalInteger(column), "an integer") }

    /// The real number of a column that is not null.
    public func real(_ column: String) throws -> Double { try present(column, optionalReal(column), "a real number") }

    /// The instant of a column of milliseconds since 1970 that is not null.
    public func instant(_ column: String) throws -> Date { try present(column, optionalInstant(column), "an instant") }

    /// The text of a column; nil where null.
    public func optionalText(_ column: String) throws -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let text): text
        case let other: throw wrongType(column, "a text", other.kind)
        }
    }

    /// The integer of a column; nil where null.
    public func optionalInteger(_ column: String) throws -> Int? {
        switch try value(column) {
        case .null: nil
        case .integer(let number): number
        case let other: throw wrongType(column, "an integer", other.kind)
        }
    }

    /// The real number of a column; nil where null.
    public func optionalReal(_ column: String) throws -> Double? {
        switch try value(column) {
        case .null: nil
        case .real(let number): number
        case let other: throw wrongType(column, "a real number", other.kind)
        }
    }

    /// The instant of a column of milliseconds since 1970; nil where null.
    public func optionalInstant(_ column: String) throws -> Date? {
        try optionalInteger(column).map { Date(timeIntervalSince1970: Double($0) / 1000) }
    }

    private func value(_ column: String) throws -> SQLValue {
        guard let index = columns.firstIndex(of: column), index < values.count else {
            throw SQLError(.missingColumn, "no column \(column)", statement: statement)
        }
        guard columns.lastIndex(of: column) == index else {
            throw SQLError(.ambiguousColumn, "several columns \(column)", statement: statement)
        }
        return values[index]
    }

    private func present<Value>(_ column: String, _ value: Value?, _ wanted: String) throws -> Value {
        guard let value else { throw wrongType(column, wanted, SQLValue.null.kind) }
        return value
    }

    private func wrongType(_ column: String, _ wanted: String, _ found: String) -> SQLError {
        SQLError(.wrongType, "column \(column) holds \(found) where \(wanted) is expected", statement: statement)
    }
}
