import Desk
import Foundation
import Gateway
import Logging

/// What runs beside calls for their purposes and cases.
extension Hub {
    private static let logger = Logger(label: "unefois.purposes")
    /// How often counts are saved: what a crash can lose, and how late nodes learn of each other's calls.
    private static let interval = Duration.milliseconds(500)

    /// Saves the calls of purposes until cancelled.
    func countPurposes() async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: Self.interval)
            await savePurposes()
        }
    }

    /// Saves the calls of purposes now; what cannot be saved is kept for the next time.
    func savePurposes() async {
        do {
            try await gateway.meters.save(to: purposeCalls)
        } catch {
            Self.logger.error("les comptes des finalités ne peuvent pas être écrits", metadata: ["reason": "\(error)"])
        }
    }

    /// Follows the cases that any process opens and closes until cancelled.
    func followCases() async throws {
        try await cases.follow { error in
            Self.logger.error("le registre des dossiers ne peut pas être lu", metadata: ["reason": "\(error)"])
        }
    }

    /// Forgets counts and closed cases that are past their time, once a day until cancelled.
    func purgePurposes() async throws {
        while !Task.isCancelled {
            try? await purposeCalls.purge(at: clock.now())
            try? await caseStore.purge()
            try await Task.sleep(for: .seconds(86_400))
        }
    }
}
