import Foundation
import Ledger
import Synchronization

/// Callers that each wait for their record to be on the disk before the next one.
struct LedgerStages {
    static let columns = ["appels qui attendent", "lignes/s", "lignes par vidage", "vidages/s", "CPU par ligne (ns)"]
    private let ledger: LedgerWriter
    private let writers: Int
    private let seconds = 1.0

    init(_ folder: URL, writers: Int) throws {
        ledger = try LedgerWriter(directory: folder.appending(path: "ledger-\(writers)"))
        self.writers = writers
    }

    func row() async throws -> [String] {
        var rates: [[Double]] = []
        for _ in 0..<6 {
            let (before, began, cpu) = (ledger.counts, ContinuousClock.now, Machine.processNanoseconds)
            try await append(until: began + .seconds(seconds))
            let elapsed = (ContinuousClock.now - began) / .seconds(1)
            let records = Double(ledger.counts.records - before.records)
            let flushes = Double(ledger.counts.flushes - before.flushes)
            rates.append([
                records / elapsed, records / flushes, flushes / elapsed,
                Double(Machine.processNanoseconds - cpu) / records,
            ])
        }
        await ledger.close()
        // The first second warms up.
        return [String(writers)]
            + (0..<4).map { column in Table.number(Measure.median(rates.dropFirst().map { $0[column] })) }
    }

    private func append(until end: ContinuousClock.Instant) async throws {
        let record = CallRecord(
            time: .now, requestID: UUID().uuidString, grant: UUID().uuidString, token: UUID().uuidString,
            organisation: "13002526500013", recipient: "13002526500013", purpose: "principale",
            operation: "particulier/quotient-familial", provider: "cnav", scopes: ["cnaf_quotient_familial"],
            subject: "2026-12345678:0123456789abcdef0123456789abcdef", outcome: .init(status: 200),
            durations: .init(total: 1234, provider: 567))
        try await withThrowingTaskGroup { group in
            for _ in 0..<writers {
                group.addTask { while ContinuousClock.now < end { try await ledger.append(record) } }
            }
            try await group.waitForAll()
        }
    }
}
