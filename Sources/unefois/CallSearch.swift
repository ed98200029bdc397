import Foundation
import Gateway
import Ledger
import Values

/// Finds the calls of one request in the ledger.
enum CallSearch {
    /// A bouquet writes a record for each API that it gathers.
    private static let most = 50

    /// The records of a request, the earliest first. Reads the whole ledger where there is none: to be called off the
    /// event loops.
    static func records(
        of request: String, in folder: DataFolder, since: Date? = nil,
        where isWanted: (CallRecord) -> Bool = { _ in true }
    ) throws -> [CallRecord] {
        // No call has been made yet.
        guard FileManager.default.fileExists(atPath: folder.ledger.path) else { return [] }
        let names = try RecordedRequest.names(of: request, PseudonymKeys(directory: folder.pseudonymKeys))
        return try LedgerReader(directory: folder.ledger)
            .records(ofRequest: names, since: since, atMost: most, where: isWanted)
    }
}
