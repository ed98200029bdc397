import Foundation

/// Why a call's trace could not be kept or read.
public enum LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Too many records wait for the disk: shed the call (503) and let the caller come back.
    case overloaded
    /// A write or a flush failed, now or earlier. Nothing will be written until the ledger is opened again.
    case unwritable
    /// Less disk space is left than the limit.
    case full
    /// The writer was closed.
    case closed
    /// The record is longer than ``LedgerLimits/recordBytes``.
    case tooLarge
    /// Another writer holds this directory.
    case locked(directory: String)
    /// Bytes that had been made durable are no longer what was written.
    case damaged(segment: String, offset: Int)
    /// A checkpoint does not continue the last that was signed: the ledger was altered, or another's was put in place.
    case inconsistent
    /// An operation of the system failed with this `errno`.
    case failed(operation: String, code: Int32)

    public var description: String {
        switch self {
        case .overloaded: "the ledger's queue is full"
        case .unwritable: "the ledger cannot be written"
        case .full: "too little disk space is left for the ledger"
        case .closed: "the ledger is closed"
        case .tooLarge: "the record is too large for the ledger"
        case .locked(let directory): "another process writes the ledger in \(directory)"
        case .damaged(let segment, let offset): "the ledger is damaged in \(segment) at byte \(offset)"
        case .inconsistent: "the ledger does not continue what was signed before"
        case .failed(let operation, let code): "\(operation): \(String(cString: strerror(code)))"
        }
    }

    /// True where the system had no room, and so did nothing.
    var isLackOfSpace: Bool {
        if case .failed(_, let code) = self { return code == ENOSPC || code == EDQUOT }
        return self == .full
    }

    /// The failure of the system call made just before.
    static func last(_ operation: String) -> LedgerError { .failed(operation: operation, code: errno) }
}
